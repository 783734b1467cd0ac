/** Scores of images, and how well they tell anomalous images from normal ones. */

import { z } from 'zod'
import { acting, call, jobStarted, runId } from './call.ts'
import { splitSchema } from './image.ts'
import { messageSchema } from './messages/message.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

/**
 * What scoring stored of an image, without the components of its tiles. Those stay in main, as Float32Array [tiles,
 * components], so that kind, k and reduction can be changed without scoring again.
 */
export const scoreSchema = z.object({
  runId: idSchema,
  imageId: imageIdSchema,
  /** The run's score of this image, raw. */
  score: z.number(),
  /** Percentile of `score` among the normal validation images, in [0, 100]; null before calibration. */
  calibrated: z.number().min(0).max(100).nullable(),
  tiles: z.int().positive(),
  /** Path of the anomaly map inside the workspace; null where the system has none. */
  mapFile: z.string().nullable(),
  /** Anomaly = PNG value / 65535 * mapScale. */
  mapScale: z.number().positive().nullable(),
  mapWidth: z.int().positive().nullable(),
  mapHeight: z.int().positive().nullable(),
  /** Path of the reconstruction G(E(x)) inside the workspace. */
  reconstructionFile: z.string().nullable(),
  /** Messages of the topic `warning`. */
  warnings: z.array(messageSchema),
  scoredAt: timeSchema,
})
export type Score = z.infer<typeof scoreSchema>

export const evaluationSchema = z.object({
  run: z.string(),
  score: z.string(),
  split: splitSchema,
  n: z.object({ normal: z.number().int(), anomalous: z.number().int() }),
  imageAuroc: z.number().nullable(),
  imageAuprc: z.number().nullable(),
  pixelAuroc: z.number().nullable(),
  aupro: z.number().nullable(),
  /** Number of masks that the figures of pixels rest on. */
  masks: z.int().nonnegative().default(0),
  perDefectType: z.record(
    z.string(),
    z.object({
      n: z.number().int(),
      imageAuroc: z.number().nullable(),
      pixelAuroc: z.number().nullable(),
      masks: z.int().nonnegative().default(0),
    }),
  ),
  /** Number of labeled images of the split that have no score, if there are any. */
  missing: z.number().int().positive().optional(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const scoreCalls = {
  /** Scores the images of the split that have no score by this run, or all of them `again`. */
  'run.score': call(
    z.object({ run: runId, split: splitSchema, again: z.boolean().default(false), ...acting }),
    jobStarted,
  ),
  'run.evaluate': call(
    z.object({ run: runId, score: z.string().optional(), split: splitSchema.default('test') }),
    evaluationSchema,
  ),
} as const
