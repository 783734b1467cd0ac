/** Models: the run that is in use for a dataset, and how a run is put into use. */

import { z } from 'zod'
import { call, none, runId } from './call.ts'
import { comparisonSchema } from './comparison.ts'
import { type Message, message } from './messages/message.ts'
import { operatingPointSchema } from './threshold.ts'
import { idSchema, sha256Schema, timeSchema } from './values.ts'

export const gateSchema = z.object({
  /** How much worse a figure of the new model may be. */
  margin: z.number(),
  /** The run that was in use; null for the first promotion, which has nothing to compare with. */
  against: idSchema.nullable(),
  /** SHA-256 of the validation set on which the runs were compared. */
  validation: sha256Schema.nullable(),
  checks: z.array(
    z.object({
      figure: z.enum(['image-auroc', 'recall', 'type-auroc', 'type-recall']),
      defectType: z.string().nullable(),
      difference: z.number(),
      low: z.number(),
      high: z.number(),
      /** Whether it is not worse by more than the margin. */
      passed: z.boolean(),
      /** Whether even the lower end of the interval is not worse by more than the margin. */
      sure: z.boolean(),
      /**
       * Number of parts of the defect type; null for the figures over all defects, and in old promotions that did not
       * store it.
       */
      parts: z.int().nullable().default(null),
      /**
       * False for a type with too few parts: its figure neither passes nor blocks the gate, unless even the upper end
       * of the interval is worse by more than the margin.
       */
      judged: z.boolean().default(true),
    }),
  ),
  /** A defect type with fewer parts in the validation set is too small to judge. */
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

/** The model in use of a dataset, with what it judges by. */
export const modelInUseSchema = modelUseSchema.extend({
  /** The run to which a rollback returns; null where no other model was in use before. */
  before: idSchema.nullable(),
  /** The operating point by which it judges; null where no threshold was set for it. */
  point: operatingPointSchema.pick({ id: true, name: true, version: true, threshold: true }).nullable(),
})
export type ModelInUse = z.infer<typeof modelInUseSchema>

export const modelCalls = {
  /** Imports a model package of another workstation as a run. */
  'model.import': call(
    z.object({
      folder: z.string().min(1),
      dataset: z.string().min(1).max(100).nullable().default(null),
      operator: z.string().min(1).nullable().default(null),
    }),
    /** `threshold`: the threshold in the package, which is not used. */
    z.object({ run: runId, dataset: z.string(), threshold: z.number().nullable() }),
  ),
  /** The model in use of every dataset that has one. */
  'model.list': call(none, z.array(modelInUseSchema)),
  /** Newest first. */
  'model.history': call(z.object({ dataset: z.string().min(1) }), z.array(modelUseSchema)),
  /** Compares the run with the model in use, as a promotion would; changes nothing. */
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
      reason: z.string().max(2000),
    }),
    modelUseSchema,
  ),
} as const

export const modelEvents = {
  /** Another run is in use for the dataset. */
  'model.changed': z.object({ dataset: z.string() }),
} as const
