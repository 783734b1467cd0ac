import { z } from 'zod'
import { splitSchema } from '../../../shared/image.ts'
import { evaluationSchema } from '../../../shared/score.ts'
import { counted, defineWorkspaceTask } from '../../threads/task.ts'

export const evaluateTask = defineWorkspaceTask({
  name: 'evaluate',
  input: z.object({ run: z.string(), score: z.string().nullable(), split: splitSchema }),
  progress: counted,
  result: evaluationSchema,
  async work(workspace, request, context) {
    const { evaluateRun } = await import('./evaluation.ts')
    return evaluateRun(workspace, request, context)
  },
})
