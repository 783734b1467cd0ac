/** The comparison of options of scoring on synthetic defects ("made" defects). */
import { z } from 'zod'
import { acting, call, jobStarted, runId } from './call.ts'
import { scoreSettingsSchema } from './threshold.ts'
import { idSchema, timeSchema } from './values.ts'

/** A request to compare options. The same numbers and photographs give the same synthetic defects. */
export const choiceRequestSchema = z.object({
  /** Trained runs of one dataset. The others are compared with the settings that the first of them uses now. */
  runs: z.array(z.string().min(1).max(64)).min(1).max(20),
  seed: z.int().nonnegative().default(1),
  /** The most normal validation photographs on which defects are drawn. */
  photographs: z.int().min(2).max(2000).default(200),
  /** Number of defects of each type on each photograph; null for as many as give about 400 pictures. */
  perType: z.int().min(1).max(20).nullable().default(null),
})
export type ChoiceRequest = z.output<typeof choiceRequestSchema>

const difference = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** An option: a run with one way to compute a score from what it stores. */
export const choiceOptionSchema = scoreSettingsSchema.extend({
  run: idSchema,
  /** Whether the run uses these settings now. */
  inUse: z.boolean(),
  /** Image AUROC of the synthetic defects, as the mean over their types. */
  made: z.number(),
  perType: z.record(z.string(), z.number()),
  /** Image AUROC of the real defects of the validation split; null where there are none. */
  real: z.number().nullable(),
  /** The value by which options are ranked: `made` and `real`, combined by the weight of `real`. */
  value: z.number(),
  /** How much better the best option is, with a 95 % interval; null for the best itself. */
  behind: difference.nullable(),
})
export type ChoiceOption = z.infer<typeof choiceOptionSchema>

/** What each part of the score `combined` of a run contributes, as image AUROC of drawn defects. */
export const choiceContributionSchema = z.object({
  run: idSchema,
  /** Of all parts together. */
  all: z.number(),
  parts: z.array(
    z.object({
      /** The component. */
      part: z.string(),
      /** Of this part alone. */
      alone: z.number(),
      /** Of all others together. */
      without: z.number(),
    }),
  ),
})
export type ChoiceContribution = z.infer<typeof choiceContributionSchema>

export const choiceReportSchema = z.object({
  dataset: idSchema,
  runs: z.array(idSchema),
  seed: z.int().nonnegative(),
  /** Number of normal validation photographs, each scored unchanged and with synthetic defects. */
  photographs: z.int().nonnegative(),
  perType: z.int().positive(),
  /** Number of pictures with a synthetic defect. */
  made: z.int().nonnegative(),
  types: z.array(z.string()),
  /** Number of real defects in the validation split, and their weight in the ranking. */
  real: z.object({ images: z.int().nonnegative(), weight: z.number().min(0).max(1) }),
  /** Number of photographs that could not be read. */
  refused: z.int().nonnegative(),
  /** The best first. */
  options: z.array(choiceOptionSchema).min(1),
  /** How much better the best option is than what the first run uses now; null where that is the best. */
  gain: difference.nullable(),
  /** Of each run that has the score `combined`. */
  contributions: z.array(choiceContributionSchema).default([]),
})
export type ChoiceReport = z.infer<typeof choiceReportSchema>

/** How well a choice holds on real defects that had no influence on it. */
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
  /** The best `real` of all options minus that of the chosen one. */
  regret: z.number(),
  /** `real` of the chosen option minus that of the settings in use before; null where those are not an option. */
  gain: z.number().nullable(),
})
export type CarryOver = z.infer<typeof carryOverSchema>

/** The newest comparison in which a run took part. */
export const madeChoiceSchema = z.object({ job: idSchema, at: timeSchema, report: choiceReportSchema })
export type MadeChoice = z.infer<typeof madeChoiceSchema>

export const choiceCalls = {
  /** Compares ways of scoring and runs on synthetic defects, which are drawn on normal validation photographs. */
  'choice.start': call(choiceRequestSchema.extend(acting), jobStarted),
  /** The newest comparison in which the run took part; null before the first. */
  'choice.get': call(z.object({ run: runId }), madeChoiceSchema.nullable()),
  /** The runs of the comparison that must score the test split before `choice.carryOver` can be asked. */
  'choice.untested': call(z.object({ job: z.string() }), z.object({ runs: z.array(runId) })),
  /** How well the choice holds on the real defects of the test split, which had no influence on it. */
  'choice.carryOver': call(z.object({ job: z.string() }), carryOverSchema),
} as const
