/** From decisions to a better model: versions of a dataset, comparisons of two runs, the model in use. */
import { z } from 'zod'
import { idSchema, imageIdSchema, labelSchema, sha256Schema, timeSchema } from './domain.ts'
import { messageSchema } from './messages/message.ts'

// ------------------------------------------------------------------------------------ versions of a dataset

/** An immutable set of the images that a training may take its gradients from. */
export const datasetVersionSchema = z.object({
  id: idSchema,
  datasetId: idSchema,
  /** 1 is the training split as it was imported. */
  number: z.int().positive(),
  parentId: idSchema.nullable(),
  createdAt: timeSchema,
  /** Name of who confirmed it; null for the first, which nobody chose. */
  operator: z.string().nullable(),
  reason: z.string(),
  images: z.int().positive(),
  /** SHA-256 of the sorted hashes of its images: equal exactly when the sets are. */
  sha256: sha256Schema,
})
export type DatasetVersion = z.infer<typeof datasetVersionSchema>

/** Why an accepted image is not proposed without a second look. */
export const curationMarkSchema = z.enum([
  /** Among the highest scores of what was accepted: a defect may have been waved through. */
  'high-score',
  /** Nearly the same picture is in the set, or proposed, already. */
  'near-duplicate',
  /** Nearly the same picture is in the validation or test split, which would then no longer be independent. */
  'held-out-duplicate',
  /** Operators did not agree about it. */
  'disagreement',
  /** Its day and group of parts have more than their share. */
  'balance',
])
export type CurationMark = z.infer<typeof curationMarkSchema>

export const curationCandidateSchema = z.object({
  image: imageIdSchema,
  file: z.string(),
  dataset: z.string(),
  /** Day of its import, as YYYY-MM-DD. */
  day: z.string(),
  partGroup: z.string().nullable(),
  /** By the run that the proposal was made with; null where it has not scored it. */
  score: z.number().nullable(),
  calibrated: z.number().nullable(),
  /** Who accepted it last. */
  operator: z.string(),
  hasMap: z.boolean(),
  marks: z.array(curationMarkSchema),
  /** The image that it nearly equals. */
  duplicateOf: imageIdSchema.nullable(),
  /** Taken unless a person decides otherwise: nothing is marked. */
  proposed: z.boolean(),
  /** It can be taken at all: copies of held-out images cannot. */
  allowed: z.boolean(),
})
export type CurationCandidate = z.infer<typeof curationCandidateSchema>

export const curationRemovalSchema = z.object({
  image: imageIdSchema,
  file: z.string(),
  why: z.enum(['rejected', 'removed', 'not-normal']),
})

export const curationProposalSchema = z.object({
  run: idSchema,
  dataset: z.string(),
  /** The version that the proposal would be added to. */
  base: datasetVersionSchema,
  candidates: z.array(curationCandidateSchema),
  removals: z.array(curationRemovalSchema),
  /** How the set would be spread afterwards: images by day of import and group of parts. */
  balance: z.array(
    z.object({ day: z.string(), partGroup: z.string().nullable(), now: z.int(), proposed: z.int() }),
  ),
  /** Held-out images that were kept out of the proposal: nobody may learn from them. */
  heldOut: z.int().nonnegative(),
})
export type CurationProposal = z.infer<typeof curationProposalSchema>

export const versionDifferenceSchema = z.object({
  a: datasetVersionSchema,
  b: datasetVersionSchema,
  added: z.array(z.object({ image: imageIdSchema, file: z.string() })),
  removed: z.array(z.object({ image: imageIdSchema, file: z.string() })),
  kept: z.int().nonnegative(),
})
export type VersionDifference = z.infer<typeof versionDifferenceSchema>

/** What a person should know about a retraining although it can go on; a message of the topic `warning`. */
export const retrainingWarningSchema = messageSchema.extend({
  code: z.enum(['not-curated', 'left-out']),
})
export type RetrainingWarning = z.infer<typeof retrainingWarningSchema>

// ---------------------------------------------------------------------------------------------- comparison

/** A figure of two runs on the same images; `value` is b - a, with its 95 % interval. */
export const pairedFigureSchema = z.object({
  a: z.number(),
  b: z.number(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
})
export type PairedFigure = z.infer<typeof pairedFigureSchema>

const verdictSchema = z.object({ score: z.number(), flagged: z.boolean() })

export const comparisonSchema = z.object({
  a: idSchema,
  b: idSchema,
  /** Kind of score of each. */
  score: z.object({ a: z.string(), b: z.string() }),
  /** The images that both scored and neither learned from. */
  validation: z.object({
    normal: z.int().nonnegative(),
    anomalous: z.int().nonnegative(),
    sha256: sha256Schema,
  }),
  /** What both thresholds are set to, each on its own scores. */
  targets: z.object({ falseRejectRate: z.number(), recall: z.number() }),
  /** At the greatest false-reject rate; flips are counted with these. */
  thresholds: z.object({ a: z.number(), b: z.number() }),
  delta: z.object({
    imageAuroc: pairedFigureSchema.extend({ p: z.number().nullable() }).nullable(),
    /** At the same false-reject rate. */
    recall: pairedFigureSchema.nullable(),
    /** At the same recall. */
    falseRejectRate: pairedFigureSchema.nullable(),
  }),
  perDefectType: z.record(
    z.string(),
    z.object({
      n: z.int().positive(),
      imageAuroc: pairedFigureSchema.nullable(),
      recall: pairedFigureSchema.nullable(),
    }),
  ),
  /** Images whose verdict changed, those that were right before and are wrong now first. */
  flips: z.array(
    z.object({
      image: imageIdSchema,
      file: z.string(),
      label: labelSchema,
      defectType: z.string().nullable(),
      a: verdictSchema,
      b: verdictSchema,
      better: z.boolean(),
    }),
  ),
  /** Images a second when each last scored; null where it is not known. */
  speed: z.object({ a: z.number().nullable(), b: z.number().nullable() }),
  /** Why the figures say less than they seem to: codes of the topic `warning`. */
  warnings: z.array(z.enum(['no-defects', 'few-defects', 'few-normals'])),
})
export type Comparison = z.infer<typeof comparisonSchema>

// ------------------------------------------------------------------------------------------ the model in use

export const gateSchema = z.object({
  /** How much worse a figure may be. */
  margin: z.number(),
  /** The run that was in use; null for the first promotion, which has nothing to be compared with. */
  against: idSchema.nullable(),
  /** SHA-256 of the validation set that was compared on. */
  validation: sha256Schema.nullable(),
  checks: z.array(
    z.object({
      figure: z.enum(['image-auroc', 'recall', 'type-auroc', 'type-recall']),
      defectType: z.string().nullable(),
      difference: z.number(),
      low: z.number(),
      high: z.number(),
      /** Not worse by more than the margin. */
      passed: z.boolean(),
      /** Even the lower end of the interval is not. */
      sure: z.boolean(),
      /** Parts of the type; null for all defects, and in promotions of before it was counted. */
      parts: z.int().nullable().default(null),
      /**
       * Not so for a type of too few parts: it neither passes nor holds up, unless even the upper end of the interval
       * is worse by more than the margin.
       */
      judged: z.boolean().default(true),
    }),
  ),
  /** A type with fewer parts in the validation set is too small to judge. */
  leastParts: z.int().default(1),
  verdict: z.enum(['first', 'passed', 'worse', 'undecidable']),
})
export type Gate = z.infer<typeof gateSchema>

/** One step in the history of the model in use of a dataset. */
export const modelUseSchema = z.object({
  id: z.int().positive(),
  datasetId: idSchema,
  runId: idSchema,
  action: z.enum(['promote', 'rollback']),
  operator: z.string().nullable(),
  since: timeSchema,
  reason: z.string().nullable(),
  gate: gateSchema.nullable(),
})
export type ModelUse = z.infer<typeof modelUseSchema>
