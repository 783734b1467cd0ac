/** Exports: models, tables, masks and reports for other programs. */
import { z } from 'zod'
import { call, jobStarted, runId } from './call.ts'
import { splitSchema } from './image.ts'

export const exportFormatSchema = z.enum([
  'report',
  'csv',
  'parquet',
  'masks',
  'package',
  'savedmodel',
  'onnx',
  'safetensors',
])
export type ExportFormatName = z.infer<typeof exportFormatSchema>

export const exportCalls = {
  /** Writes a model, its scores, decisions, masks or a report to a file or folder that must not exist yet. */
  'export.start': call(
    z.object({
      run: runId,
      format: exportFormatSchema,
      /** Absolute path; a report is PDF if it ends in `.pdf`, else HTML. */
      to: z.string().min(1).max(4096),
      batch: z.number().int().min(1).max(256).default(1),
      language: z.enum(['en', 'zh-CN']).default('en'),
      split: splitSchema.default('test'),
      /** Whether tables of scores also have the components that scores are made of. */
      components: z.boolean().default(false),
      operator: z.string().min(1).nullable().default(null),
    }),
    jobStarted,
  ),
} as const
