/** What an export without the engine may be, and what it tells when it is done. */
import { z } from 'zod'

export const tableFormats = ['csv', 'parquet', 'masks', 'report'] as const
export type TableFormat = (typeof tableFormats)[number]

export const exportSummarySchema = z.object({
  run: z.string(),
  format: z.string(),
  /** Absolute paths of what was written. */
  files: z.array(z.string()),
  /** Rows of the table, or files of the folder. */
  count: z.int().nonnegative(),
})
export type ExportSummary = z.infer<typeof exportSummarySchema>
