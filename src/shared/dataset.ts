/** Datasets: what they contain, and how their images are listed, changed and assigned to splits. */

import { z } from 'zod'
import { call, jobStarted, none, page } from './call.ts'
import { imageSchema, labelSchema, layoutSchema, splitSchema } from './image.ts'
import { defectTypeNameSchema } from './label.ts'
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
  /** Whether the part has a direction (text, a left and a right side): then its images are not flipped in training. */
  hasDirection: z.boolean(),
})
export type Dataset = z.infer<typeof datasetSchema>

export const splitCountsSchema = z.object({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
  // Reports of imports from before live parts were a split have no such count.
  live: z.int().nonnegative().default(0),
})
export type SplitCounts = z.infer<typeof splitCountsSchema>

/** What a dataset contains, without its removed images. */
export const datasetSummarySchema = datasetSchema.extend({
  images: z.int().nonnegative(),
  splits: splitCountsSchema,
  labels: z.object({
    normal: z.int().nonnegative(),
    anomalous: z.int().nonnegative(),
    unlabeled: z.int().nonnegative(),
  }),
  masks: z.int().nonnegative(),
  /** Number of removed images. */
  removed: z.int().nonnegative(),
  /** Since when the validation set is frozen and refuses every change; null where it may change. */
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
  /** The valid decision; `none` for images without one. */
  decision: z.enum([...decisionKindSchema.options, 'none']).optional(),
  /** The run whose scores are shown and used to filter and sort. */
  run: z.string().max(64).optional(),
  scoreFrom: z.number().optional(),
  scoreTo: z.number().optional(),
  importedFrom: timeSchema.optional(),
  importedBefore: timeSchema.optional(),
  /** Lists only removed images instead of the others. */
  removed: z.boolean().optional(),
})
export type GridFilter = z.infer<typeof gridFilterSchema>

export const gridSortSchema = z.object({
  by: z.enum(['added', 'file', 'date', 'score']).default('added'),
  descending: z.boolean().default(false),
})
export type GridSort = z.infer<typeof gridSortSchema>

export const gridImageSchema = imageSchema.extend({
  /** The score by the run of the filter. */
  score: z.number().nullable(),
  decision: decisionKindSchema.nullable(),
})
export type GridImage = z.infer<typeof gridImageSchema>

/** A choice of images: by id, or all that match a filter. */
/** So many images may be named one by one. */
export const mostChosen = 100_000

export const imageChoiceSchema = z.union([
  z.object({ ids: z.array(imageIdSchema).min(1).max(mostChosen) }),
  z.object({ filter: gridFilterSchema }),
])
export type ImageChoice = z.infer<typeof imageChoiceSchema>

export const imageChangeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('label'),
    label: labelSchema,
    defectType: defectTypeNameSchema.nullable().default(null),
  }),
  z.object({ kind: z.literal('split'), split: splitSchema }),
  z.object({ kind: z.literal('remove') }),
  z.object({ kind: z.literal('restore') }),
])
export type ImageChange = z.infer<typeof imageChangeSchema>

/** What was changed on many images, and what brings each back to how it was. */
export const changedImagesSchema = z.object({
  changed: z.number().int(),
  wayBack: z.array(z.object({ ids: z.array(imageIdSchema), change: imageChangeSchema })),
})
export type ChangedImages = z.infer<typeof changedImagesSchema>

export const splitRequestSchema = z.object({
  /** Shares of the normal images for each split; the rest is for training. */
  validation: z.number().min(0).max(0.9),
  test: z.number().min(0).max(0.9),
  /**
   * Share of the anomalous images for validation; the rest is for the test, none for training. Null for the ratio of
   * the two above.
   */
  anomalous: z.number().min(0).max(1).nullable().default(null),
  /** `anomalous`: normal images keep their splits, so that runs trained on them can still be judged. */
  only: z.enum(['all', 'anomalous']).default('all'),
  seed: z.int().nonnegative(),
  /** Whether each defect type, and the good parts, are distributed separately. */
  stratified: z.boolean(),
  /**
   * A regular expression: photographs whose names have the same first group (or the same match, without groups) stay
   * together.
   */
  pattern: z.string().max(200).nullable(),
})
export type SplitRequest = z.infer<typeof splitRequestSchema>

const perSplit = z.object({ train: z.int(), validation: z.int(), test: z.int(), live: z.int() })
export const splitPreviewSchema = z.object({
  /** Number of images that each split would have. */
  after: perSplit,
  /** The defect types, and `normal`. */
  strata: z.array(z.object({ name: z.string(), counts: perSplit })),
  moved: z.int(),
  /** Number of images that keep their split: unlabeled ones, live parts, and a frozen validation set. */
  kept: z.int(),
  /** Groups by the pattern; none without one. */
  groups: z.object({
    count: z.int(),
    largest: z.int(),
    /** Number of images whose name the pattern does not match: each is a group by itself. */
    unmatched: z.int(),
    examples: z.array(z.object({ file: z.string(), group: z.string().nullable() })),
  }),
})
export type SplitPreview = z.infer<typeof splitPreviewSchema>

export const duplicatePairSchema = z.object({
  a: imageSchema,
  b: imageSchema,
  /** Number of bits (of 256) in which their perceptual hashes differ; 0 for the same picture. */
  distance: z.int().nonnegative(),
})
/** Photographs of one split that are nearly the same as others of it. */
export const nearCopiesSchema = z.object({
  photographs: z.int().nonnegative(),
  groups: z.int().nonnegative(),
  /** Some groups with some of their files. */
  examples: z.array(z.array(z.string())),
})
export type NearCopies = z.infer<typeof nearCopiesSchema>

export const duplicateReportSchema = z.object({
  images: z.int(),
  /** Number of all pairs that were found; `pairs` has only the most similar. */
  found: z.int(),
  pairs: z.array(duplicatePairSchema),
  nearCopies: nearCopiesSchema.default({ photographs: 0, groups: 0, examples: [] }),
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
    changedImagesSchema,
  ),
  /** Assigns all labeled images but live parts to the splits; without `apply` it only returns the result. */
  'dataset.split': call(
    z.object({
      dataset: z.string(),
      split: splitRequestSchema,
      apply: z.boolean().default(false),
      operator: z.string().nullable().default(null),
    }),
    splitPreviewSchema,
  ),
  /** A frozen validation set refuses every change. */
  'dataset.freeze': call(
    z.object({
      dataset: z.string(),
      frozen: z.boolean(),
      operator: z.string().nullable().default(null),
    }),
    none,
  ),
  'dataset.rename': call(
    z.object({
      dataset: z.string(),
      name: datasetNameSchema,
      operator: z.string().nullable().default(null),
    }),
    none,
  ),
  /** Deletes a dataset with its runs; it can be put back for thirty days. */
  'dataset.remove': call(
    z.object({ dataset: z.string(), operator: z.string().nullable().default(null) }),
    none,
  ),
  /** Searches for pictures that are in two splits. */
  'dataset.findDuplicates': call(z.object({ dataset: z.string() }), jobStarted),
  /** What the newest search found; null before the first. */
  'dataset.duplicates': call(z.object({ dataset: z.string() }), duplicateReportSchema.nullable()),
} as const

export const datasetEvents = {
  /** A value in the list of datasets has changed. */
  'dataset.changed': z.object({ dataset: z.string() }),
} as const
