/** The learning curve: from how many good photographs on more of them do not help. */
import { z } from 'zod'
import { acting, call, jobStarted } from './call.ts'
import { idSchema, timeSchema } from './values.ts'

export const curveRequestSchema = z.object({
  /** Name or id. */
  dataset: z.string().min(1).max(200),
  /** How many photographs to learn from, besides all of them; null for a series up to their number. */
  counts: z.array(z.int().min(2).max(100_000)).min(1).max(20).nullable().default(null),
  seed: z.int().nonnegative().default(1),
})
export type CurveRequest = z.output<typeof curveRequestSchema>

export const curvePointSchema = z.object({
  count: z.int().positive(),
  /** How many random choices of so many photographs were learned from. */
  draws: z.int().positive(),
  /** Image AUROC on validation images, as the mean over the draws. */
  mean: z.number(),
  /** Their standard deviation; null for a single draw. */
  spread: z.number().nullable(),
})
export type CurvePoint = z.infer<typeof curvePointSchema>

/** `enough`: more than about so many photographs gain less than the spread; `rising`: all of them are too few. */
export const curveVerdictSchema = z.object({ kind: z.enum(['enough', 'rising']), count: z.int().positive() })
export type CurveVerdict = z.infer<typeof curveVerdictSchema>

export const curveReportSchema = z.object({
  dataset: idSchema,
  seed: z.int().nonnegative(),
  /** Good training photographs of the dataset. */
  training: z.int().nonnegative(),
  /** Those that were learned from: fewer where the features of all of them did not fit into memory. */
  used: z.int().positive(),
  /** Images of the validation split that judged. */
  judged: z.object({
    normal: z.int().positive(),
    defects: z.int().positive(),
    /** Whether the defects are real ones, or were made on the normal images. */
    kind: z.enum(['real', 'made']),
  }),
  /** By count, ascending. */
  points: z.array(curvePointSchema).min(1),
  verdict: curveVerdictSchema,
})
export type CurveReport = z.infer<typeof curveReportSchema>

export const measuredCurveSchema = z.object({ job: idSchema, at: timeSchema, report: curveReportSchema })
export type MeasuredCurve = z.infer<typeof measuredCurveSchema>

export const curveCalls = {
  /**
   * Learns memories of growing random subsets of the training images, and measures how well each tells validation
   * images apart. No test image is read.
   */
  'curve.start': call(curveRequestSchema.extend(acting), jobStarted),
  /** The newest curve of a dataset; null before the first. */
  'curve.get': call(z.object({ dataset: z.string().min(1).max(200) }), measuredCurveSchema.nullable()),
} as const
