/** Thresholds, operating points and the validation images on which they are set. */
import { z } from 'zod'
import { call, id, runId } from './call.ts'
import { labelSchema } from './image.ts'
import { messageSchema } from './messages/message.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

/** How the stored components of a part become its score. */
export const scoreSettingsSchema = z.object({
  /** The name of a score that `system.list` lists. */
  score: z.string(),
  /** Weight of the features. */
  k: z.number().nonnegative(),
  reduction: z.enum(['max', 'mean', 'top-k']),
})
export type ScoreSettings = z.infer<typeof scoreSettingsSchema>

/**
 * A second criterion: a part is flagged only if its map also has a connected region of at least this area and
 * strength.
 */
export const regionCriteriaSchema = z.object({
  /** Pixels of the anomaly map. */
  leastArea: z.int().positive(),
  /** Least map value of the region, in the unit of the map. */
  leastStrength: z.number().positive(),
})
export type RegionCriteria = z.infer<typeof regionCriteriaSchema>

/**
 * A share of images with its 95 % interval (Wilson); all values are null where there are no images to take a share
 * of.
 */
export const shareSchema = z.object({
  part: z.int().nonnegative(),
  whole: z.int().nonnegative(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type Share = z.infer<typeof shareSchema>

/** The effect of a threshold on the validation images; a part is flagged at score >= threshold. */
export const workingPointSchema = z.object({
  threshold: z.number(),
  truePositives: z.int().nonnegative(),
  falsePositives: z.int().nonnegative(),
  trueNegatives: z.int().nonnegative(),
  falseNegatives: z.int().nonnegative(),
  precision: shareSchema,
  recall: shareSchema,
  /** Of the good parts, those that are flagged. */
  falseRejectRate: shareSchema,
  /** Of the defects, those that pass. */
  escapeRate: shareSchema,
  f1: z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() }),
  perDefectType: z.array(shareSchema.extend({ defectType: z.string() })),
})
export type WorkingPoint = z.infer<typeof workingPointSchema>

export const thresholdNoticeCodeSchema = z.enum([
  'too-few-normals',
  'too-few-defects',
  'percentile-rough',
  'few-images',
  'not-all-scored',
])
/** A reason why a threshold is less certain than it seems; a message of the topic `notice`. */
export const thresholdNoticeSchema = messageSchema.extend({ code: thresholdNoticeCodeSchema })
export type ThresholdNotice = z.infer<typeof thresholdNoticeSchema>

export const validationFactsSchema = z.object({
  normal: z.int().nonnegative(),
  anomalous: z.int().nonnegative(),
  /** SHA-256 of ids and labels. */
  hash: z.string(),
})

/** An operating point: a named threshold. Each change is a new version. */
export const operatingPointSchema = scoreSettingsSchema.extend({
  id: z.int().positive(),
  run: idSchema,
  name: z.string().min(1),
  version: z.int().positive(),
  threshold: z.number(),
  regions: regionCriteriaSchema.nullable(),
  /** The target for which it was chosen, such as `fpr=0.01`; null where the threshold was set by hand. */
  target: z.string().nullable(),
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  validation: validationFactsSchema,
  figures: workingPointSchema,
  operator: z.string(),
  reason: z.string(),
  createdAt: timeSchema,
})
export type OperatingPoint = z.infer<typeof operatingPointSchema>

/** The validation images of a run and the settings that can be chosen. */
export const validationSchema = z.object({
  run: idSchema,
  validation: validationFactsSchema,
  unlabeled: z.int().nonnegative(),
  /** Number of labeled validation images without a score. */
  missing: z.int().nonnegative(),
  /** The names of the scores that can be computed from what was stored. */
  scores: z.array(z.string()),
  /** The settings of the operating point in use, else those of the run. */
  settings: scoreSettingsSchema,
  active: operatingPointSchema.nullable(),
  /** The scale of the run's maps. */
  mapScale: z.number(),
  /** Number of images with a map, and of those whose flagged regions have been measured. */
  maps: z.int().nonnegative(),
  profiled: z.int().nonnegative(),
})
export type Validation = z.infer<typeof validationSchema>

const points = z.array(z.number())
/** The distribution of the scores: enough to draw it, whatever the number of images. */
export const distributionSchema = z.object({
  settings: scoreSettingsSchema,
  /** The range of the bins; scores above `high` are in the last bin. */
  low: z.number(),
  high: z.number(),
  /** Number of images whose score is above `high`. */
  beyond: z.int().nonnegative(),
  normal: z.array(z.int().nonnegative()),
  anomalous: z.array(z.int().nonnegative()),
  /** Null without good parts or without defects. */
  auroc: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
  averagePrecision: z.number().nullable(),
  roc: z.object({ x: points, y: points }).nullable(),
  precisionRecall: z.object({ x: points, y: points }).nullable(),
  /** The initial threshold of the screen: that of the point in use if it has these settings, else the best known. */
  start: z.number(),
})
export type Distribution = z.infer<typeof distributionSchema>

/** The document of `threshold --json`, besides the operating point. */
export const chosenThresholdSchema = z.object({
  run: idSchema,
  score: z.string(),
  k: z.number(),
  reduction: z.string(),
  target: z.string(),
  threshold: z.number(),
  /** The 95 % interval of the threshold: exact for a quantile of one class, else by stratified bootstrap. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** False where the validation set is too small for what was asked. */
  sufficient: z.boolean(),
  notices: z.array(thresholdNoticeSchema),
  figures: workingPointSchema,
  validation: validationFactsSchema.extend({ missing: z.int().nonnegative() }),
})
export type ChosenThreshold = z.infer<typeof chosenThresholdSchema>

export const verdictSchema = z.enum(['flagged', 'passed'])
export type Verdict = z.infer<typeof verdictSchema>

/** A part whose verdict would change. */
export const flipSchema = z.object({
  image: imageIdSchema,
  file: z.string(),
  label: labelSchema,
  defectType: z.string().nullable(),
  score: z.number(),
  verdict: verdictSchema,
  hasMap: z.boolean(),
})
export type Flip = z.infer<typeof flipSchema>

export const thresholdCalls = {
  /** The labeled validation images of the run, the only images on which a threshold may be chosen. */
  'threshold.validation': call(z.object({ run: runId }), validationSchema),
  'threshold.distribution': call(z.object({ run: runId, settings: scoreSettingsSchema }), distributionSchema),
  /** The effect of a threshold on the validation images. */
  'threshold.at': call(
    z.object({
      run: runId,
      settings: scoreSettingsSchema,
      threshold: z.number(),
      regions: regionCriteriaSchema.nullable().default(null),
    }),
    workingPointSchema,
  ),
  /** Chooses the threshold for a target: `f1`, `fpr=0.01`, `recall=0.99`, `cost=1:50` or `percentile=99`. */
  'threshold.choose': call(
    z.object({
      run: runId,
      /** The score settings; null for those in use. */
      settings: scoreSettingsSchema.nullable().default(null),
      target: z.string().min(1).max(100),
      regions: regionCriteriaSchema.nullable().default(null),
    }),
    chosenThresholdSchema,
  ),
  /** Validation parts whose verdict differs from that of the operating point in use, or of the threshold `from`. */
  'threshold.flips': call(
    z.object({
      run: runId,
      settings: scoreSettingsSchema,
      threshold: z.number(),
      regions: regionCriteriaSchema.nullable().default(null),
      from: z.number().nullable().default(null),
      limit: z.number().int().min(1).max(500).default(60),
    }),
    z.object({ total: z.number().int().nonnegative(), items: z.array(flipSchema) }),
  ),
  /** Measures the flagged regions of those maps that have not been measured yet; answers when all have been. */
  'threshold.measureRegions': call(z.object({ run: runId }), z.object({ measured: z.number().int() })),
  /** Newest first; `active` is the id of the one in use. */
  'point.list': call(
    z.object({ run: runId }),
    z.object({ active: id.nullable(), points: z.array(operatingPointSchema) }),
  ),
  /** Saves a threshold as a new version of the name, which is put into use. */
  'point.save': call(
    z.object({
      run: runId,
      name: z.string().trim().min(1).max(100),
      settings: scoreSettingsSchema,
      threshold: z.number(),
      regions: regionCriteriaSchema.nullable().default(null),
      /** The target for which it was chosen; null where it was set by hand. */
      target: z.string().max(100).nullable().default(null),
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    operatingPointSchema,
  ),
  /** Puts an existing point into use again. */
  'point.use': call(
    z.object({ point: id, operator: z.string().min(1), reason: z.string().max(2000) }),
    operatingPointSchema,
  ),
} as const

export const thresholdEvents = {
  /** Another operating point is in use for the run. */
  'point.changed': z.object({ run: runId }),
} as const
