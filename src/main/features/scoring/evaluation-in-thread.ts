import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { splitSchema } from '../../../shared/image.ts'
import { type Evaluation, evaluationSchema } from '../../../shared/score.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import type { EvaluationContext, EvaluationRequest } from './evaluation.ts'

/** What the thread is given. */
export const evaluationTaskSchema = z.object({
  dir: z.string(),
  run: z.string(),
  score: z.string().nullable(),
  split: splitSchema,
})

const progressSchema = z.object({ done: z.number(), total: z.number() })

/** `evaluateRun` beside main, for the owner of the workspace. */
export function evaluateInThread(
  workspace: Workspace,
  request: EvaluationRequest,
  context: EvaluationContext = {},
): Promise<Evaluation> {
  const task: z.input<typeof evaluationTaskSchema> = { dir: workspace.dir, ...request }
  return runInThread(
    'evaluation-worker',
    task,
    { progress: progressSchema, result: evaluationSchema },
    context,
  )
}
