/** Datasets: what they hold, how their images are listed, changed and shared out to the splits. */

import { z } from 'zod'
import { call, jobStarted, none, page } from './call.ts'
import { imageSchema, labelSchema, layoutSchema, splitSchema } from './image.ts'
import { decisionKindSchema } from './review.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

export const datasetNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')

export const datasetSchema = z.object({
  id: idSchema,
  name: datasetNameSchema,
  createdAt: timeSchema,
  layout: layoutSchema,
  /** The folder of the first import, as it was given. Information only: nothing is read from it again. */
  source: z.string(),
  /** The part has a direction (text, a left and a right side): training does not flip its images. */
  hasDirection: z.boolean(),
})
export type Dataset = z.infer<typeof datasetSchema>

export const splitCountsSchema = z.object({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
})
export type SplitCounts = z.infer<typeof splitCountsSchema>

/** What a dataset holds, without its removed images. */
export const datasetSummarySchema = datasetSchema.extend({
  images: z.int().nonnegative(),
  splits: splitCountsSchema,
  labels: z.object({
    normal: z.int().nonnegative(),
    anomalous: z.int().nonnegative(),
    unlabeled: z.int().nonnegative(),
  }),
  masks: z.int().nonnegative(),
  /** Images that were taken out. */
  removed: z.int().nonnegative(),
  /** Since when the validation set refuses every change; null where it may change. */
  validationFrozenAt: timeSchema.nullable(),
  /** 3 where any image has color, else 1; null while the dataset is empty. */
  channels: z.union([z.literal(1), z.literal(3)]).nullable(),
  defectTypes: z.array(z.object({ defectType: z.string(), images: z.int().positive() })),
})
export type DatasetSummary = z.infer<typeof datasetSummarySchema>

export const gridFilterSchema = z.object({
  split: splitSchema.optional(),
  label: labelSchema.optional(),
  defectType: z.string().optional(),
  /** Part of the file name. */
  text: z.string().max(200).optional(),
  /** The decision that stands; `none` where there is none. */
  decision: z.enum([...decisionKindSchema.options, 'none']).optional(),
  /** Whose scores are shown, filtered and sorted by. */
  run: z.string().max(64).optional(),
  scoreFrom: z.number().optional(),
  scoreTo: z.number().optional(),
  importedFrom: timeSchema.optional(),
  importedBefore: timeSchema.optional(),
  /** The images that were taken out, and not those that are in. */
  removed: z.boolean().optional(),
})
export type GridFilter = z.infer<typeof gridFilterSchema>

export const gridSortSchema = z.object({
  by: z.enum(['added', 'file', 'date', 'score']).default('added'),
  descending: z.boolean().default(false),
})
export type GridSort = z.infer<typeof gridSortSchema>

export const gridImageSchema = imageSchema.extend({
  /** By the run of the filter. */
  score: z.number().nullable(),
  decision: decisionKindSchema.nullable(),
})
export type GridImage = z.infer<typeof gridImageSchema>

/** Images by number, or all those of a filter. */
export const imageChoiceSchema = z.union([
  z.object({ ids: z.array(imageIdSchema).min(1).max(100_000) }),
  z.object({ filter: gridFilterSchema }),
])
export type ImageChoice = z.infer<typeof imageChoiceSchema>

export const imageChangeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('label'),
    label: labelSchema,
    defectType: z.string().trim().min(1).max(100).nullable().default(null),
  }),
  z.object({ kind: z.literal('split'), split: splitSchema }),
  z.object({ kind: z.literal('remove') }),
  z.object({ kind: z.literal('restore') }),
])
export type ImageChange = z.infer<typeof imageChangeSchema>

export const splitRequestSchema = z.object({
  /** Shares of the normal images; the rest trains. */
  validation: z.number().min(0).max(0.9),
  test: z.number().min(0).max(0.9),
  /** Share of the anomalous images that validates; the rest tests, none trains. Null for the ratio of the two above. */
  anomalous: z.number().min(0).max(1).nullable().default(null),
  /** `anomalous`: the normal images stay where they are, so that runs that learned from them can still be judged. */
  only: z.enum(['all', 'anomalous']).default('all'),
  seed: z.int().nonnegative(),
  /** Each kind of defect, and the good parts, are shared out on their own. */
  stratified: z.boolean(),
  /** A regular expression: photographs for which its first group (or all of it) is the same stay together. */
  pattern: z.string().max(200).nullable(),
})
export type SplitRequest = z.infer<typeof splitRequestSchema>

const perSplit = z.object({ train: z.int(), validation: z.int(), test: z.int() })
export const splitPreviewSchema = z.object({
  /** What each split would hold. */
  after: perSplit,
  /** Kinds of defect, and `normal`. */
  strata: z.array(z.object({ name: z.string(), counts: perSplit })),
  moved: z.int(),
  /** Images that no split is drawn for: unlabeled ones, and a frozen validation set. */
  kept: z.int(),
  /** By the pattern; none without one. */
  groups: z.object({
    count: z.int(),
    largest: z.int(),
    /** Images whose name the pattern does not match: each is a group of its own. */
    unmatched: z.int(),
    examples: z.array(z.object({ file: z.string(), group: z.string().nullable() })),
  }),
})
export type SplitPreview = z.infer<typeof splitPreviewSchema>

export const duplicatePairSchema = z.object({
  a: imageSchema,
  b: imageSchema,
  /** Bits of 256 in which their perceptual hashes differ: 0 is the same picture. */
  distance: z.int().nonnegative(),
})
export const duplicateReportSchema = z.object({
  images: z.int(),
  /** All that were found; `pairs` are the nearest of them. */
  found: z.int(),
  pairs: z.array(duplicatePairSchema),
  /** Photographs that could not be read. */
  unreadable: z.array(z.string()),
})
export type DuplicateReport = z.infer<typeof duplicateReportSchema>

export const datasetCalls = {
  'dataset.list': call(none, z.array(datasetSummarySchema)),
  'dataset.images': call(
    z.object({
      dataset: z.string(),
      filter: gridFilterSchema.default({}),
      sort: gridSortSchema.default({ by: 'added', descending: false }),
      ...page,
    }),
    z.object({ total: z.number().int(), images: z.array(gridImageSchema) }),
  ),
  /** Labels, moves, removes or restores images: all of them or none. */
  'dataset.change': call(
    z.object({
      dataset: z.string(),
      choice: imageChoiceSchema,
      change: imageChangeSchema,
      operator: z.string().nullable().default(null),
    }),
    z.object({ changed: z.number().int() }),
  ),
  /** Shares all labeled images out to the splits; without `apply` it only says what would become of them. */
  'dataset.split': call(
    z.object({ dataset: z.string(), split: splitRequestSchema, apply: z.boolean().default(false) }),
    splitPreviewSchema,
  ),
  /** A frozen validation set refuses every change. */
  'dataset.freeze': call(z.object({ dataset: z.string(), frozen: z.boolean() }), none),
  /** Looks for the same picture in two splits. */
  'dataset.findDuplicates': call(z.object({ dataset: z.string() }), jobStarted),
  /** What the newest search found; null before the first. */
  'dataset.duplicates': call(z.object({ dataset: z.string() }), duplicateReportSchema.nullable()),
} as const

export const datasetEvents = {
  /** Something in the dataset list is other than it was. */
  'dataset.changed': z.object({ dataset: z.string() }),
} as const
