import { z } from 'zod'
import { comparisonSchema } from '../../../shared/comparison.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'

export const compareRunsTask = defineWorkspaceTask({
  name: 'compare-runs',
  input: z.object({ a: z.string(), b: z.string(), falseRejectRate: z.number(), recall: z.number() }),
  progress: noProgress,
  result: comparisonSchema,
  async work(workspace, request) {
    const { compareRuns } = await import('./comparison.ts')
    return compareRuns(workspace, request)
  },
})
