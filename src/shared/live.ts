/** A watched folder and the parts that come into it. */
import { z } from 'zod'
import { call, none, runId } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { messageSchema } from './messages/message.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

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
  /** Why it was refused, of the topic `failure`. */
  reason: messageSchema.nullable(),
  judgedAt: timeSchema.nullable(),
  /** The model that judged it, and the operating point; null before it was judged, and where no point was set. */
  run: idSchema.nullable(),
  point: z.int().nullable(),
})
export type LivePart = z.infer<typeof livePartSchema>

export const liveWatchSchema = z.object({
  id: idSchema,
  folder: z.string(),
  resultFolder: z.string(),
  /** What judges now: at first the run that was chosen, and after each promotion or rollback the model in use. */
  runId: idSchema,
  datasetId: idSchema,
  active: z.boolean(),
  createdAt: timeSchema,
  /** The model in use, where it could not be loaded and the one before goes on judging. */
  refused: z.object({ run: idSchema, failure: failureInfoSchema }).nullable(),
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
  /** The scale of the heat maps of each run that judged a part of the list, and of the one that judges now. */
  mapScales: z.record(idSchema, z.number()),
  /** The newest first. */
  parts: z.array(livePartSchema),
})
export type LiveState = z.infer<typeof liveStateSchema>

/** The key of the setting, which belongs to the workspace. */
export const retentionKey = 'live.retention'

export const retentionSchema = z.object({
  /** Days that the pictures of good parts stay; null for ever. */
  goodDays: z.int().min(1).max(36_500).nullable(),
  /** The same for flagged parts on which nobody has decided. */
  flaggedDays: z.int().min(1).max(36_500).nullable(),
  /** The most that photographs of live parts may take, in GB (10⁹ bytes): the oldest good ones go first. */
  gigabytes: z.number().positive().max(1_000_000).nullable(),
})
export type Retention = z.infer<typeof retentionSchema>

export const standardRetention: Retention = { goodDays: 30, flaggedDays: 365, gigabytes: 200 }

export const liveCalls = {
  /** Watches a folder; without `results`, what comes of it is written beside that folder. */
  'live.start': call(
    z.object({ folder: z.string().min(1), run: runId, results: z.string().min(1).nullable().default(null) }),
    liveStateSchema,
  ),
  'live.stop': call(none, none),
  'live.state': call(none, liveStateSchema),
} as const

export const liveEvents = {
  /** A part of the watched folder has its verdict. */
  'live.judged': livePartSchema,
} as const
