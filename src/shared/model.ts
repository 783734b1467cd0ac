/** Models: the run that is in use for a dataset, and how it comes to be. */

import { z } from 'zod'
import { call, none, runId } from './call.ts'
import { comparisonSchema } from './comparison.ts'
import { type Message, message } from './messages/message.ts'
import { idSchema, sha256Schema, timeSchema } from './values.ts'

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
export type GateCheck = Gate['checks'][number]

/** What a comparison with the model in use came to: a message of the topic `verdict`, as the next two. */
export const gateVerdict = ({ verdict, margin }: Gate): Message => message(verdict, { margin })

/** What was compared. */
export const comparedFigure = ({ figure, defectType }: GateCheck): Message =>
  message(figure, { type: defectType })

/** What the comparison of one figure came to. */
export function figureVerdict({ passed, sure, judged, parts }: GateCheck, { leastParts }: Gate): Message {
  if (!judged) return message('figure-too-few', { parts: parts ?? 0, least: leastParts })
  if (!passed) return message('figure-failed')
  return sure ? message('figure-passed') : message('figure-unsure')
}

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

export const modelCalls = {
  /** Takes a model package of another workstation in, as a run. */
  'model.import': call(
    z.object({
      folder: z.string().min(1),
      dataset: z.string().min(1).max(100).nullable().default(null),
      operator: z.string().min(1).nullable().default(null),
    }),
    /** `threshold`: what it came with, which is not taken over. */
    z.object({ run: runId, dataset: z.string(), threshold: z.number().nullable() }),
  ),
  /** The model in use of every dataset that has one. */
  'model.list': call(
    none,
    // What a rollback goes to; null where no other model was in use before.
    z.array(modelUseSchema.extend({ before: runId.nullable() })),
  ),
  /** Newest first. */
  'model.history': call(z.object({ dataset: z.string().min(1) }), z.array(modelUseSchema)),
  /** What a promotion of the run would rest on; changes nothing. */
  'model.judge': call(
    z.object({ run: runId, margin: z.number().min(0).max(1).default(0.02) }),
    z.object({ gate: gateSchema, comparison: comparisonSchema.nullable() }),
  ),
  'model.promote': call(
    z.object({
      run: runId,
      operator: z.string().min(1),
      reason: z.string().max(2000).nullable().default(null),
      margin: z.number().min(0).max(1).default(0.02),
    }),
    modelUseSchema,
  ),
  'model.rollBack': call(
    z.object({
      dataset: z.string().min(1),
      operator: z.string().min(1),
      reason: z.string().max(2000).nullable().default(null),
    }),
    modelUseSchema,
  ),
} as const

export const modelEvents = {
  /** Another run is in use for the dataset. */
  'model.changed': z.object({ dataset: z.string() }),
} as const
