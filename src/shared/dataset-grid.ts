/** What the Datasets screen asks for and changes. */
import { z } from 'zod'
import {
  decisionKindSchema,
  imageIdSchema,
  imageSchema,
  labelSchema,
  splitSchema,
  timeSchema,
} from './domain.ts'

export { decisionKindSchema }

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
