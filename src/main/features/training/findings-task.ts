import { z } from 'zod'
import { trainingWarningSchema } from '../../../shared/training.ts'
import { idSchema } from '../../../shared/values.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'

export const pictureFindingsTask = defineWorkspaceTask({
  name: 'picture-findings',
  input: z.object({ datasetId: idSchema, input: z.enum(['whole', 'tiles']), size: z.int() }),
  progress: noProgress,
  result: z.array(trainingWarningSchema),
  async work({ db }, { datasetId, ...looked }) {
    const { pictureFindings } = await import('./picture-findings.ts')
    return pictureFindings(db, datasetId, looked)
  },
})
