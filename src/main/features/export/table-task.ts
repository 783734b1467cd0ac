import { z } from 'zod'
import { splitSchema } from '../../../shared/image.ts'
import { counted, defineWorkspaceTask } from '../../threads/task.ts'
import { reportLanguages } from '../report/words.ts'
import { exportSummarySchema, tableFormats } from './table-formats.ts'

export const writeTablesTask = defineWorkspaceTask({
  name: 'write-tables',
  input: z.object({
    run: z.string(),
    format: z.enum(tableFormats),
    to: z.string(),
    language: z.enum(reportLanguages),
    split: splitSchema,
    components: z.boolean(),
    version: z.string(),
    operator: z.string().nullable(),
  }),
  progress: counted,
  result: exportSummarySchema,
  async work(workspace, request, { onProgress }) {
    const { writeTables } = await import('./write-tables.ts')
    return writeTables(workspace, request, (done, total) => onProgress({ done, total }))
  },
})
