import { z } from 'zod'
import { labelSchema, layoutSchema } from '../../../shared/image.ts'
import { importCorrectionSchema, importProgressSchema, importReportSchema } from '../../../shared/import.ts'
import { sampleRangeSchema } from '../../../shared/sample-range.ts'
import { defineWorkspaceTask } from '../../threads/task.ts'

/** Aborting it stops it after the files at hand, with the Failure `import-cancelled`. */
export const importFolderTask = defineWorkspaceTask({
  name: 'import-folder',
  input: z.object({
    folder: z.string(),
    dataset: z.string(),
    layout: z.union([layoutSchema, z.literal('auto')]).default('auto'),
    seed: z.int().nonnegative().default(1),
    validationFraction: z.number().min(0).max(0.9).optional(),
    unlabeledAs: labelSchema.default('unlabeled'),
    corrections: z.array(importCorrectionSchema).default([]),
    followLinks: z.boolean().default(false),
    range: sampleRangeSchema.nullable().default(null),
    as: z.string().optional(),
  }),
  progress: importProgressSchema,
  result: importReportSchema,
  async work(workspace, { validationFraction, as, ...options }, context) {
    const { importFolder } = await import('./import-folder.ts')
    return importFolder(workspace, {
      ...options,
      ...(validationFraction === undefined ? {} : { validationFraction }),
      ...(as === undefined ? {} : { as }),
      ...context,
    })
  },
})
