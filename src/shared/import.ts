/** Importing a folder of photographs: the preview, a person's corrections, and the report. */

import { z } from 'zod'
import { acting, call, jobStarted } from './call.ts'
import { datasetNameSchema, splitCountsSchema } from './dataset.ts'
import { labelSchema, layoutSchema, splitSchema } from './image.ts'
import {
  annotationFormatSchema,
  importPlanSchema,
  knownLayoutSchema,
  leftOutCodeSchema,
  plannedLabelSchema,
} from './import-plan.ts'
import { defectTypeNameSchema } from './label.ts'
import { messageSchema } from './messages/message.ts'
import { sampleRangeSchema } from './sample-range.ts'

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
  /** Not taken, each with the reason: files that cannot be read as photographs, and what was left out before that. */
  refused: z.array(
    messageSchema.extend({ file: z.string(), code: z.union([refusalCodeSchema, leftOutCodeSchema]) }),
  ),
  /** What the folder was taken for; imports of earlier versions did not record it. */
  recognized: knownLayoutSchema.optional(),
  /** Number of images of the dataset after the import of which nothing says whether they are good. */
  unlabeled: z.int().nonnegative().default(0),
  /** Number of images of the dataset with a mask after the import. */
  masks: z.int().nonnegative().default(0),
  /** Number of images that annotations of documents in the folder were drawn on. */
  annotated: z.int().nonnegative().default(0),
  /** Junk of systems and programs that was passed over, by its kind. */
  passedOver: importPlanSchema.shape.passedOver,
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
  label: plannedLabelSchema,
  defectType: defectTypeNameSchema.nullable(),
  /** Whether its pictures are photographs or masks; null: its name and its pictures decide. */
  holds: z.enum(['photographs', 'masks']).nullable().default(null),
})
export type ImportCorrection = z.infer<typeof importCorrectionSchema>
/** As a person gives it: what is left out has its default. */
export type GivenCorrection = z.input<typeof importCorrectionSchema>

export const importProgressSchema = z.object({
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Estimated seconds left; null until the speed is known. */
  secondsLeft: z.number().nonnegative().nullable(),
})
export type ImportProgress = z.infer<typeof importProgressSchema>

/** What an import would do with a folder. Lists are bounded, so that a window can show any folder; counts are whole. */
export const folderPreviewSchema = z.object({
  folder: z.string(),
  layout: layoutSchema,
  recognized: knownLayoutSchema,
  /** Number of photographs. */
  files: z.int(),
  /** Folders inside it with what each would become; the first ones of `groupCount`. */
  groups: z.array(
    z.object({
      path: z.string(),
      files: z.int(),
      holds: z.enum(['photographs', 'masks']),
      /** The split; null where its images are assigned at random. */
      split: splitSchema.nullable(),
      label: plannedLabelSchema,
      defectType: z.string().nullable(),
      /** Not all of its photographs get this split, label and type: a table says more of them. */
      mixed: z.boolean(),
      /** Number of its photographs that have a mask; of a folder of masks, those that belong to a photograph. */
      masked: z.int(),
    }),
  ),
  groupCount: z.int(),
  /** Number of masks that belong to photographs. */
  masks: z.int(),
  /** Number of photographs of which nothing says whether they are good. */
  unlabeled: z.int(),
  /** Some photographs with their masks. */
  pairs: z.array(z.object({ file: z.string(), masks: z.array(z.string()) })),
  documents: z.array(z.object({ file: z.string(), format: annotationFormatSchema })),
  documentCount: z.int(),
  leftOut: importPlanSchema.shape.leftOut.unwrap(),
  leftOutCount: z.int(),
  notes: importPlanSchema.shape.notes.unwrap(),
  noteCount: z.int(),
  /** Photographs have values without a range of their own: one of them, and what its values are. */
  rangeNeeded: z.object({ file: z.string(), seen: sampleRangeSchema }).nullable(),
  passedOver: importPlanSchema.shape.passedOver.unwrap(),
  suggestedName: z.string(),
})
export type FolderPreview = z.infer<typeof folderPreviewSchema>

export const importCalls = {
  /** Previews the import of a folder; writes nothing. */
  'folder.inspect': call(
    z.object({
      path: z.string().min(1),
      layout: z.enum(['auto', 'mvtec', 'flat']).default('auto'),
      followLinks: z.boolean().default(false),
      /** What a person said of folders so far; folders of masks change what belongs to which photograph. */
      corrections: z.array(importCorrectionSchema).max(10_000).default([]),
    }),
    folderPreviewSchema,
  ),
  /** Writes the synthetic sample line (if it does not exist yet) and imports it as the dataset "sample". */
  'sample.open': call(z.object({ seed: z.number().int().nonnegative().default(1), ...acting }), jobStarted),
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
      /** Whether symbolic links to files and folders are followed. */
      followLinks: z.boolean().default(false),
      /** Which values are black and white in photographs of floating point or 32 bits. */
      range: sampleRangeSchema.nullable().default(null),
      ...acting,
    }),
    jobStarted,
  ),
  'dataset.importReport': call(z.object({ job: z.string() }), importReportSchema),
  /** Writes a CSV file into the folder, with what happened to each file that was not simply imported. */
  'dataset.exportReport': call(
    z.object({ job: z.string(), folder: z.string().min(1), ...acting }),
    z.object({ file: z.string(), rows: z.number().int() }),
  ),
} as const
