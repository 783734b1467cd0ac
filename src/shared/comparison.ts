/** The comparison of two runs on the same validation images. */

import { z } from 'zod'
import { call, runId } from './call.ts'
import { labelSchema } from './image.ts'
import { idSchema, imageIdSchema, sha256Schema } from './values.ts'

/** A score, and whether it is flagged by the threshold of its run. */
const verdictSchema = z.object({ score: z.number(), flagged: z.boolean() })

/** A figure of two runs on the same images; `value` is b - a, with its 95 % interval. */
export const pairedFigureSchema = z.object({
  a: z.number(),
  b: z.number(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
})
export type PairedFigure = z.infer<typeof pairedFigureSchema>

/**
 * With fewer parts of a defect type, it is too small to judge: a single part that is judged differently by chance changes
 * its recall by more than a tenth.
 */
export const leastTypeParts = 10

export const comparisonSchema = z.object({
  a: idSchema,
  b: idSchema,
  /** The kind of score of each run. */
  score: z.object({ a: z.string(), b: z.string() }),
  /** The images that both runs scored and neither was trained on. */
  validation: z.object({
    normal: z.int().nonnegative(),
    anomalous: z.int().nonnegative(),
    sha256: sha256Schema,
  }),
  /** The targets for which the thresholds of both runs are chosen, each on its own scores. */
  targets: z.object({ falseRejectRate: z.number(), recall: z.number() }),
  /** The thresholds at the target false-reject rate; `flips` are counted with these. */
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
  /** Images with different verdicts; those that `a` judges rightly and `b` wrongly come first. */
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
  /** Images per second of the last scoring of each; null where it is not known. */
  speed: z.object({ a: z.number().nullable(), b: z.number().nullable() }),
  /** Reasons why the figures are less certain than they seem: codes of the topic `warning`. */
  warnings: z.array(z.enum(['no-defects', 'few-defects', 'few-normals'])),
})
export type Comparison = z.infer<typeof comparisonSchema>

export const comparisonCalls = {
  /** Compares two runs on the validation images of their dataset, each at the same targets. */
  'run.compare': call(
    z.object({
      a: runId,
      b: runId,
      falseRejectRate: z.number().min(0).max(1).default(0.05),
      recall: z.number().min(0).max(1).default(0.95),
    }),
    comparisonSchema,
  ),
  /** The runs of the two that must score the validation split before they can be compared. */
  'run.unscored': call(z.object({ a: runId, b: runId }), z.object({ runs: z.array(runId) })),
} as const
