/** Importing a folder of photographs: the preview, a person's corrections, and the report. */

import { z } from 'zod'
import { call, jobStarted } from './call.ts'
import { datasetNameSchema, splitCountsSchema } from './dataset.ts'
import { labelSchema, layoutSchema, splitSchema } from './image.ts'
import { defectTypeNameSchema } from './label.ts'
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

/** The report of an import. Every `file` is relative to the imported folder. */
export const importReportSchema = z.object({
  dataset: datasetNameSchema,
  layout: layoutSchema,
  /** Number of images that this import added. */
  imported: z.int().nonnegative(),
  /** Number of images of this folder that an earlier import, finished or interrupted, had added. */
  already: z.int().nonnegative(),
  /** Files with the same bytes as `of`, which is in the dataset; they are not imported. */
  duplicates: z.array(z.object({ file: z.string(), of: z.string() })),
  refused: z.array(messageSchema.extend({ file: z.string(), code: refusalCodeSchema })),
  /** Number of images in each split of the dataset after the import. */
  splits: splitCountsSchema,
  warnings: z.array(messageSchema.extend({ file: z.string() })),
  seconds: z.number().nonnegative(),
})
export type ImportReport = z.infer<typeof importReportSchema>

/** A person's correction of what a folder contains, which replaces what its name suggests. */
export const importCorrectionSchema = z.object({
  /** Path relative to the imported folder; `.` for files directly in it. */
  path: z.string().min(1).max(4096),
  /** Whether its files are left out. */
  skip: z.boolean().default(false),
  /** The split; null to assign its images at random. */
  split: splitSchema.nullable(),
  label: labelSchema,
  defectType: defectTypeNameSchema.nullable(),
})
export type ImportCorrection = z.infer<typeof importCorrectionSchema>

export const importProgressSchema = z.object({
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Estimated seconds left; null until the speed is known. */
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
      /** The split; null where its images are assigned at random. */
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
  /** Previews the import of a folder; writes nothing. */
  'folder.inspect': call(
    z.object({ path: z.string().min(1), layout: z.enum(['auto', 'mvtec', 'flat']).default('auto') }),
    folderPreviewSchema,
  ),
  /** Writes the synthetic sample line (if it does not exist yet) and imports it as the dataset "sample". */
  'sample.open': call(z.object({ seed: z.number().int().nonnegative().default(1) }), jobStarted),
  'dataset.import': call(
    z.object({
      folder: z.string().min(1),
      dataset: z.string().min(1).max(100),
      layout: z.enum(['auto', 'mvtec', 'flat']).default('auto'),
      /** The label of photographs whose label no folder name gives: `normal` for a folder of good parts only. */
      unlabeledAs: labelSchema.default('unlabeled'),
      /**
       * Whether the part has a direction, so that training does not flip it. If left out, the dataset's value stays.
       */
      hasDirection: z.boolean().optional(),
      /** Corrections for folders that contain something else than their names say. */
      corrections: z.array(importCorrectionSchema).max(10_000).default([]),
    }),
    jobStarted,
  ),
  'dataset.importReport': call(z.object({ job: z.string() }), importReportSchema),
  /** Writes a CSV file into the folder, with what happened to each file that was not simply imported. */
  'dataset.exportReport': call(
    z.object({ job: z.string(), folder: z.string().min(1) }),
    z.object({ file: z.string(), rows: z.number().int() }),
  ),
} as const
