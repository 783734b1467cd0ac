import { z } from 'zod'
import { type Comparison, comparisonSchema } from '../../../shared/comparison.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import type { ComparisonRequest } from './comparison.ts'

/** What the thread is given. */
export const comparisonTaskSchema = z.object({
  dir: z.string(),
  a: z.string(),
  b: z.string(),
  falseRejectRate: z.number(),
  recall: z.number(),
})

/** `compareRuns` beside main, for the owner of the workspace. */
export function compareInThread(workspace: Workspace, request: ComparisonRequest): Promise<Comparison> {
  const task: z.input<typeof comparisonTaskSchema> = { dir: workspace.dir, ...request }
  return runInThread('comparison-worker', task, { progress: z.never(), result: comparisonSchema })
}
