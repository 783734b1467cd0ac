/** Runs: a run is one training. */

import { z } from 'zod'
import { call, none, runId } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { idSchema, jsonObjectSchema, timeSchema } from './values.ts'

/**
 * `interrupted`: its process died; `paused` and `cancelled`: a person stopped it. Interrupted, paused and
 * failed runs can be resumed from their last checkpoint.
 */
export const runStateSchema = z.enum([
  'queued',
  'training',
  'paused',
  'interrupted',
  'trained',
  'failed',
  'cancelled',
])
export type RunState = z.infer<typeof runStateSchema>

/** What is usual of each part of the score `combined`, on good photographs that nothing was learned from. */
export const scorePartsSchema = z.record(
  z.string(),
  z.object({ mean: z.number(), deviation: z.number().positive() }),
)

/**
 * The calibration of a trained run, measured on normal validation images. Values that an earlier version did not
 * store are missing.
 */
export const runCalibrationSchema = z.looseObject({
  /** Scores of the normal validation images by kind of score, ascending. */
  scores: z.record(z.string(), z.array(z.number())).optional(),
  /** The scale on which all maps of the run are shown. */
  mapScale: z.number().positive().optional(),
  /** E[D(x)] over random training images, for the score `discriminator`. */
  expectedCriticValue: z.number().optional(),
  parts: scorePartsSchema.optional(),
})
export type RunCalibration = z.infer<typeof runCalibrationSchema>

/** How a training chose the scale at which it takes features of a backbone. */
export const scaleChoiceSchema = z.object({
  scale: z.number().positive(),
  /** Good photographs that it was chosen on. */
  photographs: z.int().nonnegative(),
  /** Each scale that was compared; none where there was nothing to compare. */
  tried: z.array(
    z.object({
      scale: z.number().positive(),
      /** Image AUROC of drawn defects, the mean over their types. */
      made: z.number(),
      /** How much more the best scale has, and the standard error of that over photographs. */
      behind: z.number(),
      error: z.number(),
    }),
  ),
})
export type ScaleChoice = z.infer<typeof scaleChoiceSchema>

/** What the training reported at its end; for an imported model, a description of its package. */
export const runResultSchema = z.looseObject({
  steps: z.int().nonnegative().optional(),
  /** The step whose weights were chosen, and the value of the criterion that chose them. */
  chosen: z.object({ step: z.int(), criterion: z.string(), value: z.number() }).nullish(),
  componentNames: z.array(z.string()).optional(),
  weightsSha256: z.string().optional(),
  featureScale: scaleChoiceSchema.nullish(),
})
export type RunResult = z.infer<typeof runResultSchema>

const mostTags = 20
/** Words by which runs are found; none is there twice. */
export const runTagsSchema = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(40)
      .regex(/^[^\p{Cc}]*$/u, 'no control characters'),
  )
  .max(mostTags)
  .transform((tags) => [...new Set(tags)])

/** One training. */
export const runSchema = z.object({
  id: idSchema,
  datasetId: idSchema,
  name: z.string().nullable(),
  /** Tells apart runs of a dataset that are called alike: 1 for the first, which does not show it. */
  number: z.int().positive(),
  /** The run whose curated images this one was retrained from. */
  parentRunId: idSchema.nullable(),
  model: z.string().min(1),
  preset: z.string().min(1),
  seed: z.int().nonnegative(),
  config: jsonObjectSchema,
  state: runStateSchema,
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  stepsDone: z.int().nonnegative(),
  stepsTotal: z.int().nonnegative(),
  /** Seconds of training, over all resumptions. */
  seconds: z.number().nonnegative(),
  /** Last value of each loss, by name. */
  losses: z.record(z.string(), z.number()),
  /** Names of the values that scoring stores for each tile, in their order; null before the first scoring. */
  components: z.array(z.string().min(1)).nullable(),
  calibration: runCalibrationSchema.nullable(),
  /** What training reported at its end: the chosen checkpoint, the SHA-256 of the weights. */
  result: runResultSchema.nullable(),
  failure: failureInfoSchema.nullable(),
  resumedCount: z.int().nonnegative(),
  /** Since when it is put away: no list to choose from has it; null where it is not. */
  archivedAt: timeSchema.nullable(),
  note: z.string(),
  tags: z.array(z.string()),
})
export type Run = z.infer<typeof runSchema>

/** What people say about a run; what is left out stays. `name`: null for the one made of system, preset and seed. */
export const runDescriptionSchema = z.object({
  name: z.string().trim().min(1).max(100).nullable().optional(),
  note: z.string().trim().max(4000).optional(),
  tags: runTagsSchema.optional(),
  archived: z.boolean().optional(),
})
export type RunDescription = z.output<typeof runDescriptionSchema>

/** One point of a training curve. */
export const runMetricSchema = z.object({
  phase: z.string().min(1),
  name: z.string().min(1),
  step: z.int().nonnegative(),
  value: z.number(),
})
export type RunMetric = z.infer<typeof runMetricSchema>

export const curvePointSchema = z.object({
  phase: z.string(),
  step: z.number().int(),
  name: z.string(),
  value: z.number(),
})
export type CurvePoint = z.infer<typeof curvePointSchema>

export const runCalls = {
  'run.list': call(
    z.object({ dataset: z.string().optional(), state: runStateSchema.optional() }),
    z.array(runSchema),
  ),
  'run.get': call(z.object({ run: runId }), runSchema),
  /** Renames a run, notes something about it, or puts it away. */
  'run.describe': call(
    z.object({
      run: runId,
      description: runDescriptionSchema,
      operator: z.string().nullable().default(null),
    }),
    runSchema,
  ),
  /** Deletes a run; it can be put back for thirty days. */
  'run.remove': call(z.object({ run: runId, operator: z.string().nullable().default(null) }), none),
  'run.curves': call(
    z.object({ run: runId, afterStep: z.number().int().default(-1) }),
    z.object({ points: z.array(curvePointSchema) }),
  ),
  /** Preview pictures of a run, newest first: `asset` is an address for `assetPath`. */
  'run.previews': call(
    z.object({ run: runId }),
    z.array(z.object({ name: z.string(), step: z.number().int(), asset: z.string() })),
  ),
} as const

export const runEvents = {
  'run.changed': z.object({ run: runId }),
  'run.points': z.object({ run: runId, points: z.array(curvePointSchema) }),
  'run.preview': z.object({ run: runId, name: z.string(), step: z.number().int(), asset: z.string() }),
} as const
