/** Importing a folder of photographs: what it would do, what a person corrects, what it came to. */

import { z } from 'zod'
import { call, jobStarted } from './call.ts'
import { datasetNameSchema, splitCountsSchema } from './dataset.ts'
import { labelSchema, layoutSchema, splitSchema } from './image.ts'
import { messageSchema } from './messages/message.ts'

/** Why a file was not imported; each is a message of the topic `failure`. */
export const refusalCodeSchema = z.enum([
  'empty-file',
  'not-an-image',
  'unsupported-type',
  'too-small',
  'too-large',
  'truncated',
  'corrupt',
  'unreadable',
])
export type RefusalCode = z.infer<typeof refusalCodeSchema>

/** What an import came to. Every `file` is relative to the imported folder. */
export const importReportSchema = z.object({
  dataset: datasetNameSchema,
  layout: layoutSchema,
  /** Images that this import added. */
  imported: z.int().nonnegative(),
  /** Images of this folder that an earlier import, finished or interrupted, had added before. */
  already: z.int().nonnegative(),
  /** Same bytes as `of`, which is in the dataset: reported, not counted twice. */
  duplicates: z.array(z.object({ file: z.string(), of: z.string() })),
  refused: z.array(messageSchema.extend({ file: z.string(), code: refusalCodeSchema })),
  /** What the dataset holds now. */
  splits: splitCountsSchema,
  warnings: z.array(messageSchema.extend({ file: z.string() })),
  seconds: z.number().nonnegative(),
})
export type ImportReport = z.infer<typeof importReportSchema>

/** What a person says a folder of an import holds, in place of what its name says. */
export const importCorrectionSchema = z.object({
  /** Relative to the imported folder; `.` for the files beside the folders. */
  path: z.string().min(1).max(4096),
  /** None of its files is imported. */
  skip: z.boolean().default(false),
  /** Null: its images are shared out by lot. */
  split: splitSchema.nullable(),
  label: labelSchema,
  defectType: z.string().trim().min(1).max(100).nullable(),
})
export type ImportCorrection = z.infer<typeof importCorrectionSchema>

export const importProgressSchema = z.object({
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Seconds left by the pace so far; null until there is a pace. */
  secondsLeft: z.number().nonnegative().nullable(),
})
export type ImportProgress = z.infer<typeof importProgressSchema>

export const folderPreviewSchema = z.object({
  folder: z.string(),
  layout: layoutSchema,
  files: z.number().int(),
  /** Folders inside it with the split and label that each would get. */
  groups: z.array(
    z.object({
      path: z.string(),
      files: z.number().int(),
      /** Null where its images are shared out by lot. */
      split: splitSchema.nullable(),
      label: labelSchema,
      defectType: z.string().nullable(),
    }),
  ),
  masks: z.number().int(),
  suggestedName: z.string(),
})
export type FolderPreview = z.infer<typeof folderPreviewSchema>

export const importCalls = {
  /** What an import of the folder would do; writes nothing. */
  'folder.inspect': call(
    z.object({ path: z.string().min(1), layout: z.enum(['auto', 'mvtec', 'flat']).default('auto') }),
    folderPreviewSchema,
  ),
  /** Writes the synthetic sample line (when it is not there yet) and imports it as the dataset "sample". */
  'sample.open': call(z.object({ seed: z.number().int().nonnegative().default(1) }), jobStarted),
  'dataset.import': call(
    z.object({
      folder: z.string().min(1),
      dataset: z.string().min(1).max(100),
      layout: z.enum(['auto', 'mvtec', 'flat']).default('auto'),
      /** What photographs are that no folder name tells: `normal` for a folder of good parts only. */
      unlabeledAs: labelSchema.default('unlabeled'),
      /** The part has a left and a right: training does not mirror it. Left out, the dataset stays as it is. */
      hasDirection: z.boolean().optional(),
      /** Folders that hold something else than their names say. */
      corrections: z.array(importCorrectionSchema).max(10_000).default([]),
    }),
    jobStarted,
  ),
  'dataset.importReport': call(z.object({ job: z.string() }), importReportSchema),
  /** Writes what became of each file that was not simply imported into a CSV file of the folder. */
  'dataset.exportReport': call(
    z.object({ job: z.string(), folder: z.string().min(1) }),
    z.object({ file: z.string(), rows: z.number().int() }),
  ),
} as const
