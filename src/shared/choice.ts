/** What is said about options of scoring that were compared on defects that are made. */
import { z } from 'zod'
import { call, jobStarted, runId } from './call.ts'
import { scoreSettingsSchema } from './threshold.ts'
import { idSchema, timeSchema } from './values.ts'

/** How to compare; the same numbers on the same photographs make the same defects. */
export const choiceRequestSchema = z.object({
  /** Trained runs of one dataset; what the first of them is judged by now is what the others are compared with. */
  runs: z.array(z.string().min(1).max(64)).min(1).max(20),
  seed: z.int().nonnegative().default(1),
  /** Normal validation photographs to draw on, at most. */
  photographs: z.int().min(2).max(2000).default(200),
  /** Defects of each type on each photograph; null for as many as make about 400 pictures. */
  perType: z.int().min(1).max(20).nullable().default(null),
})
export type ChoiceRequest = z.output<typeof choiceRequestSchema>

const difference = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** A run with a way to make one score of what it stores. */
export const choiceOptionSchema = scoreSettingsSchema.extend({
  run: idSchema,
  /** What the run is judged by now. */
  inUse: z.boolean(),
  /** Image AUROC of made defects, each type counting alike. */
  made: z.number(),
  perType: z.record(z.string(), z.number()),
  /** Image AUROC of the real defects of the validation split; null where there are none. */
  real: z.number().nullable(),
  /** What chooses: `made`, and `real` by its weight. */
  value: z.number(),
  /** By how much the best option is better, with its 95 % interval; null for the best itself. */
  behind: difference.nullable(),
})
export type ChoiceOption = z.infer<typeof choiceOptionSchema>

export const choiceReportSchema = z.object({
  dataset: idSchema,
  runs: z.array(idSchema),
  seed: z.int().nonnegative(),
  /** Normal validation photographs, each judged without a defect and with made ones. */
  photographs: z.int().nonnegative(),
  perType: z.int().positive(),
  /** Pictures with a made defect. */
  made: z.int().nonnegative(),
  types: z.array(z.string()),
  /** Real defects of the validation split, and their share in what chooses. */
  real: z.object({ images: z.int().nonnegative(), weight: z.number().min(0).max(1) }),
  /** Photographs that could not be read. */
  refused: z.int().nonnegative(),
  /** The best first. */
  options: z.array(choiceOptionSchema).min(1),
  /** By how much the best is better than what the first run is judged by now; null where that is the best. */
  gain: difference.nullable(),
})
export type ChoiceReport = z.infer<typeof choiceReportSchema>

/** How a choice that was made stands on real defects that had no part in it. */
export const carryOverSchema = z.object({
  split: z.literal('test'),
  n: z.object({ normal: z.int().nonnegative(), anomalous: z.int().nonnegative() }),
  /** In the order of the choice. */
  options: z.array(
    choiceOptionSchema.pick({ run: true, score: true, k: true, reduction: true, made: true }).extend({
      /** Image AUROC of real defects. */
      real: z.number(),
    }),
  ),
  /** Spearman's rank correlation of `made` and `real` over the options; null where all are alike. */
  rankCorrelation: z.number().nullable(),
  /** The best `real` of all options, less that of the chosen one. */
  regret: z.number(),
  /** The chosen one less what was in use before, both on real defects; null where that is no option. */
  gain: z.number().nullable(),
})
export type CarryOver = z.infer<typeof carryOverSchema>

/** The newest comparison in which a run took part. */
export const madeChoiceSchema = z.object({ job: idSchema, at: timeSchema, report: choiceReportSchema })
export type MadeChoice = z.infer<typeof madeChoiceSchema>

export const choiceCalls = {
  /** Compares ways of scoring, and runs, on defects that are made on normal validation photographs. */
  'choice.start': call(choiceRequestSchema, jobStarted),
  /** The newest comparison in which the run took part; null before the first. */
  'choice.get': call(z.object({ run: runId }), madeChoiceSchema.nullable()),
  /** Which of its runs must score the test split before it can be held against real defects. */
  'choice.untested': call(z.object({ job: z.string() }), z.object({ runs: z.array(runId) })),
  /** How the choice stands on the real defects of the test split, which had no part in it. */
  'choice.carryOver': call(z.object({ job: z.string() }), carryOverSchema),
} as const
