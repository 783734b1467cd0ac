/** Review: the queue of parts by score, and what operators decide about them. */

import { z } from 'zod'
import { call, id, page, runId } from './call.ts'
import { labelSchema, splitSchema } from './image.ts'
import { operatingPointSchema, verdictSchema } from './threshold.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

/** `accept`: the part is good. `reject`: the defect is real. `unsure`: another person should look at it. */
export const decisionKindSchema = z.enum(['accept', 'reject', 'unsure'])
export type DecisionKind = z.infer<typeof decisionKindSchema>

/** An operator's decision about an image. It is never changed or deleted; an undo is recorded in it. */
export const decisionSchema = z.object({
  id: z.int().positive(),
  runId: idSchema.nullable(),
  imageId: imageIdSchema,
  operatorId: z.int().positive(),
  decision: decisionKindSchema,
  defectType: z.string().nullable(),
  note: z.string().nullable(),
  /** The score that the operator saw. */
  score: z.number().nullable(),
  decidedAt: timeSchema,
  undoneAt: timeSchema.nullable(),
  /** The operator who undid it. */
  undoneBy: z.int().positive().nullable(),
})
export type Decision = z.infer<typeof decisionSchema>

/** One part in the review queue. */
export const reviewItemSchema = z.object({
  image: id,
  file: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  split: splitSchema,
  /** Ground truth, where the dataset has it. */
  label: labelSchema,
  defectType: z.string().nullable(),
  score: z.number(),
  /** Percentile of the score on the normal validation images, 0 to 100. */
  calibrated: z.number(),
  /** Components of the tile that decides the score, by name. */
  components: z.record(z.string(), z.number()),
  hasMap: z.boolean(),
  /** Whether there is G(E(x)); a system that restores no image may have a map alone. */
  hasReconstruction: z.boolean(),
  /** Whether there is a ground-truth mask, see `assetPath.mask`. */
  hasMask: z.boolean(),
  mapScale: z.number().nullable(),
  decision: decisionSchema.nullable(),
  /** The decision of each operator, if they disagree. */
  opinions: z
    .array(
      z.object({
        operator: z.string(),
        decision: decisionKindSchema,
        defectType: z.string().nullable(),
        note: z.string().nullable(),
      }),
    )
    .optional(),
  /** The verdict of the operating point in use; null while the run has none. */
  verdict: verdictSchema.nullable(),
})
export type ReviewItem = z.infer<typeof reviewItemSchema>

/**
 * `threshold`: the parts nearest to the threshold first, which are the hardest to judge; `time`: the newest parts
 * first.
 */
export const reviewOrderSchema = z.enum(['score', 'score-ascending', 'threshold', 'time', 'file'])
export type ReviewOrder = z.infer<typeof reviewOrderSchema>

/**
 * `second`: parts on which others decided but this operator did not, without showing those decisions;
 * `disagreements`: parts on which operators decided differently.
 */
export const reviewViewSchema = z.enum(['all', 'second', 'disagreements'])
export type ReviewView = z.infer<typeof reviewViewSchema>

export const reviewCalls = {
  'review.queue': call(
    z.object({
      run: runId,
      split: splitSchema.optional(),
      order: reviewOrderSchema.default('score'),
      undecided: z.boolean().default(false),
      view: reviewViewSchema.default('all'),
      /** The operator who reviews in the view `second`. */
      operator: z.string().nullable().default(null),
      ...page,
    }),
    z.object({
      total: z.number().int(),
      decided: z.number().int(),
      accepted: z.number().int(),
      rejected: z.number().int(),
      /** How many live parts the run has scored; only with the first page, null with those after it. */
      live: z.number().int().nullable(),
      /** One scale for every map of the run: the 99.5th percentile of map values on validation normals times two. */
      mapScale: z.number(),
      /** The operating point that gives the verdicts; null while the run has none. */
      point: operatingPointSchema.nullable(),
      items: z.array(reviewItemSchema),
    }),
  ),
  /** How many scored parts of each split nobody has decided on. */
  'review.waiting': call(z.object({ run: runId }), z.record(splitSchema, z.int().nonnegative())),
  /** Answers after the decision is in SQLite and synced to disk. */
  'review.decide': call(
    z.object({
      run: runId,
      image: id,
      decision: decisionKindSchema,
      operator: z.string().min(1),
      defectType: z.string().max(100).nullable().default(null),
      note: z.string().max(2000).nullable().default(null),
      /** The view of the queue in which the decision was made. */
      view: reviewViewSchema.default('all'),
    }),
    decisionSchema,
  ),
  /**
   * Accepts the undecided parts of the queue that are not flagged, or all of them; a single undo takes all of them
   * back.
   */
  'review.acceptRest': call(
    z.object({
      run: runId,
      split: splitSchema.optional(),
      operator: z.string().min(1),
      /** Also the parts that the operating point flags. */
      flaggedToo: z.boolean().default(false),
    }),
    z.object({ accepted: z.number().int() }),
  ),
  /** Undoes the operator's newest valid decision of the run; null when there is none. */
  'review.undo': call(
    z.object({ run: runId, operator: z.string().min(1) }),
    z.object({
      undone: decisionSchema.nullable(),
      /** The number of decisions that were undone: all of those made at once. */
      count: z.number().int().default(1),
    }),
  ),
} as const

export const reviewEvents = {
  'review.decided': z.object({ run: runId, image: id }),
} as const
