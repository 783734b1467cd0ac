/** The formats of exports that need no engine, and what such an export reports when it is done. */
import { z } from 'zod'

export const tableFormats = ['csv', 'parquet', 'masks', 'report'] as const
export type TableFormat = (typeof tableFormats)[number]

export const exportSummarySchema = z.object({
  run: z.string(),
  format: z.string(),
  /** Absolute paths of what was written. */
  files: z.array(z.string()),
  /** Number of rows of the table, or of files in the folder. */
  count: z.int().nonnegative(),
})
export type ExportSummary = z.infer<typeof exportSummarySchema>
