/** A watched folder and the parts that come into it. */
import { z } from 'zod'
import { idSchema, imageIdSchema, timeSchema } from './domain.ts'

/** `refused`: the file cannot be read as a photograph. */
export const liveVerdictSchema = z.enum(['good', 'flagged', 'refused'])
export type LiveVerdict = z.infer<typeof liveVerdictSchema>

export const livePartSchema = z.object({
  id: z.int().positive(),
  watch: idSchema,
  /** Its name in the watched folder. */
  file: z.string(),
  image: imageIdSchema.nullable(),
  arrivedAt: timeSchema,
  /** Null while it waits. */
  verdict: liveVerdictSchema.nullable(),
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  reason: z.string().nullable(),
  judgedAt: timeSchema.nullable(),
})
export type LivePart = z.infer<typeof livePartSchema>

export const liveWatchSchema = z.object({
  id: idSchema,
  folder: z.string(),
  resultFolder: z.string(),
  runId: idSchema,
  datasetId: idSchema,
  active: z.boolean(),
  createdAt: timeSchema,
})
export type LiveWatch = z.infer<typeof liveWatchSchema>

export const liveStateSchema = z.object({
  /** The newest; null before the first. */
  watch: liveWatchSchema.nullable(),
  /** The job that watches now. */
  job: z.string().nullable(),
  arrived: z.int(),
  good: z.int(),
  flagged: z.int(),
  refused: z.int(),
  waiting: z.int(),
  /** Parts judged a second, over the last minute in which there were any. */
  perSecond: z.number().nullable(),
  /** Milliseconds from arrival to verdict, the middle of the last hundred. */
  delay: z.number().nullable(),
  /** By how much it falls behind; null while it keeps up. */
  behind: z
    .object({
      parts: z.int().positive(),
      /** How long they take at the pace of now; null before there is one. */
      seconds: z.number().nullable(),
      /** Parts that come a second; null where too few have come to tell. */
      arriving: z.number().nullable(),
    })
    .nullable(),
  mapScale: z.number(),
  /** The newest first. */
  parts: z.array(livePartSchema),
})
export type LiveState = z.infer<typeof liveStateSchema>
