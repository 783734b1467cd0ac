import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { splitSchema } from '../../../shared/image.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import { reportLanguages } from '../report/words.ts'
import { type ExportSummary, exportSummarySchema, type TableRequest, tableFormats } from './write-tables.ts'

/** What the thread is given. */
export const exportRequestSchema = z.object({
  dir: z.string(),
  run: z.string(),
  format: z.enum(tableFormats),
  to: z.string(),
  language: z.enum(reportLanguages),
  split: splitSchema,
  version: z.string(),
})

/** `writeTables` beside main, for the owner of the workspace. */
export function writeInThread(
  workspace: Workspace,
  request: TableRequest,
  onProgress: (done: number, total: number) => void,
): Promise<ExportSummary> {
  const task: z.input<typeof exportRequestSchema> = { dir: workspace.dir, ...request }
  const progress = z.object({ done: z.number(), total: z.number() })
  return runInThread(
    'export-worker',
    task,
    { progress, result: exportSummarySchema },
    {
      onProgress: ({ done, total }) => onProgress(done, total),
    },
  )
}
