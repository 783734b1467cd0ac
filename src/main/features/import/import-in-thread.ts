import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { labelSchema, layoutSchema } from '../../../shared/image.ts'
import {
  type ImportReport,
  importCorrectionSchema,
  importProgressSchema,
  importReportSchema,
} from '../../../shared/import.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import type { ImportOptions } from './import-folder.ts'

/** What the thread is given: the options of `importFolder` as plain data. */
export const importTaskSchema = z.object({
  dir: z.string(),
  folder: z.string(),
  dataset: z.string(),
  layout: z.union([layoutSchema, z.literal('auto')]).default('auto'),
  seed: z.int().nonnegative().default(1),
  validationFraction: z.number().min(0).max(0.9).optional(),
  unlabeledAs: labelSchema.default('unlabeled'),
  corrections: z.array(importCorrectionSchema).default([]),
})

/**
 * `importFolder` beside main, for the owner of the workspace. Aborting the signal stops it after the files at hand.
 * @throws Failure those of `importFolder`, and `thread-died`
 */
export function importInThread(workspace: Workspace, options: ImportOptions): Promise<ImportReport> {
  const { signal, onProgress, corrections = [], ...rest } = options
  const task: z.input<typeof importTaskSchema> = {
    dir: workspace.dir,
    ...rest,
    corrections: [...corrections],
  }
  return runInThread(
    'import-worker',
    task,
    { progress: importProgressSchema, result: importReportSchema },
    { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) },
  )
}
