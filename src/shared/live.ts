/** A watched folder and the parts whose photographs arrive in it. */
import { z } from 'zod'
import { acting, call, none, runId } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { messageSchema } from './messages/message.ts'
import { firstPoint, pointNameSchema } from './result.ts'
import { idSchema, imageIdSchema, timeSchema } from './values.ts'

/** `refused`: the file cannot be read as a photograph. */
export const liveVerdictSchema = z.enum(['good', 'flagged', 'refused'])
export type LiveVerdict = z.infer<typeof liveVerdictSchema>

export const livePartSchema = z.object({
  id: z.int().positive(),
  watch: idSchema,
  /** The inspection point. */
  at: z.string(),
  /** The part that its photograph is a view of, and which view; null where the photograph is a part of its own. */
  viewed: z.int().positive().nullable(),
  view: z.string().nullable(),
  /** What a program called the part that it posted the photograph of; null where it came in another way. */
  partNumber: z.string().nullable(),
  /** The file's name in the watched folder. */
  file: z.string(),
  image: imageIdSchema.nullable(),
  arrivedAt: timeSchema,
  /** Null while the part waits for its verdict. */
  verdict: liveVerdictSchema.nullable(),
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  /** Why the file was refused: a message of the topic `failure`. */
  reason: messageSchema.nullable(),
  judgedAt: timeSchema.nullable(),
  /** The model that judged it, and the operating point; null before it was judged, and where no point was set. */
  run: idSchema.nullable(),
  point: z.int().nullable(),
  /** When a flagged part was seen by a person; null while it waits for that, and for other parts. */
  seenAt: timeSchema.nullable(),
})
export type LivePart = z.infer<typeof livePartSchema>

/** `flagged` and `refused`: a view is. `incomplete`: a view was missing when the time for it was over. */
export const viewedVerdictSchema = z.enum([...liveVerdictSchema.options, 'incomplete'])
export type ViewedVerdict = z.infer<typeof viewedVerdictSchema>

/** A part that several cameras see. */
export const viewedPartSchema = z.object({
  id: z.int().positive(),
  /** As the names of its files have it. */
  number: z.string(),
  /** Null while it waits for a view, or for the verdict of one. */
  verdict: viewedVerdictSchema.nullable(),
  /** In the order of the point's settings; the part is null where the view is missing. */
  views: z.array(z.object({ name: z.string(), part: livePartSchema.nullable() })),
})
export type ViewedPart = z.infer<typeof viewedPartSchema>

export const liveWatchSchema = z.object({
  id: idSchema,
  /** The inspection point. */
  point: z.string(),
  folder: z.string(),
  resultFolder: z.string(),
  /** The run that judges now: at first the chosen one, and after each promotion or rollback the model in use. */
  runId: idSchema,
  datasetId: idSchema,
  active: z.boolean(),
  createdAt: timeSchema,
  /** The model in use if it could not be loaded; the earlier model then continues to judge. */
  refused: z.object({ run: idSchema, failure: failureInfoSchema }).nullable(),
})
export type LiveWatch = z.infer<typeof liveWatchSchema>

export const liveStateSchema = z.object({
  /** The inspection point that all of this is about. */
  point: z.string(),
  /** The newest watch; null before the first. */
  watch: liveWatchSchema.nullable(),
  /** The id of the job that watches now; null where none does. */
  job: z.string().nullable(),
  arrived: z.int(),
  good: z.int(),
  flagged: z.int(),
  refused: z.int(),
  waiting: z.int(),
  /** Parts judged per second, over the last minute in which any were judged. */
  perSecond: z.number().nullable(),
  /** Milliseconds from arrival to verdict: the median of the last hundred parts. */
  delay: z.number().nullable(),
  /** How far judging is behind the arrivals; null while it keeps up. */
  behind: z
    .object({
      parts: z.int().positive(),
      /** Seconds that the waiting parts will take at the present speed; null before that is known. */
      seconds: z.number().nullable(),
      /** Parts that arrive per second; null where too few have arrived to say. */
      arriving: z.number().nullable(),
    })
    .nullable(),
  /** Parts that were not judged since the start, because too many waited and machines were told they are late. */
  skipped: z.int().nonnegative(),
  /** Why the newest photograph was not judged, because it is unlike all good ones; null where it was. */
  unlike: failureInfoSchema.nullable(),
  /** The scale of the heat maps of each run that judged a part of the list, and of the one that judges now. */
  mapScales: z.record(idSchema, z.number()),
  /** Files that have lacked their end for longer than a camera should take; each is judged when it is whole. */
  unfinished: z.array(z.string()),
  /** Why the folder cannot be read now, in the words of the system; null while it can. */
  problem: z.string().nullable(),
  /** Why nothing can be stored in the workspace now, such as a full disk; parts wait for it. Null while it can. */
  storage: failureInfoSchema.nullable(),
  /** Why results cannot be written now; each is written as soon as it can be. Null while they can. */
  results: failureInfoSchema.nullable(),
  /**
   * The program that fills the folder with photographs, and why it does not run now, or null while it does. Null where
   * the administrator named none for the folder.
   */
  grabber: z.object({ program: z.string(), failure: failureInfoSchema.nullable() }).nullable(),
  /** The newest first. */
  parts: z.array(livePartSchema),
  /** Of each part with several views that a photograph of the lists shows, all views. */
  viewed: z.array(viewedPartSchema),
  /** Parts with several views, where the point has such; the other figures count photographs. */
  viewedCounts: z
    .object({
      arrived: z.int(),
      good: z.int(),
      rejected: z.int(),
      incomplete: z.int(),
      waiting: z.int(),
    })
    .nullable(),
  /** Flagged parts that nobody has seen yet, of all watches: how many, and the first of them, the oldest first. */
  unseen: z.object({ count: z.int().nonnegative(), parts: z.array(livePartSchema) }),
})
export type LiveState = z.infer<typeof liveStateSchema>

/** The key of the setting whether photographs that are unlike all good ones are refused, which is kept in the workspace. */
export const unlikeKey = 'live.refusesUnlike'
export const unlikeSchema = z.boolean()

/** The key of the setting for retention, which is kept in the workspace. */
export const retentionKey = 'live.retention'

export const retentionSchema = z.object({
  /** Days after which pictures of good parts are deleted; null for never. */
  goodDays: z.int().min(1).max(36_500).nullable(),
  /** The same for pictures of flagged parts without a decision. */
  flaggedDays: z.int().min(1).max(36_500).nullable(),
  /**
   * The largest total size of photographs of live parts, in GB (10⁹ bytes); the oldest good ones are deleted first.
   * Null for no limit.
   */
  gigabytes: z.number().positive().max(1_000_000).nullable(),
})
export type Retention = z.infer<typeof retentionSchema>

export const standardRetention: Retention = { goodDays: 30, flaggedDays: 365, gigabytes: 200 }

/** Which inspection point; the first one where it is left out. */
const point = pointNameSchema.default(firstPoint)

export const liveCalls = {
  /** Starts watching a folder; without `results`, the results are written next to that folder. */
  'live.start': call(
    z.object({
      folder: z.string().min(1),
      run: runId,
      results: z.string().min(1).nullable().default(null),
      point,
      ...acting,
    }),
    liveStateSchema,
  ),
  'live.stop': call(z.object({ point, ...acting }), none),
  'live.state': call(z.object({ point }), liveStateSchema),
  /** The part that a live photograph is a view of; null where it is a part of its own. */
  'live.views': call(z.object({ image: imageIdSchema }), z.object({ viewed: viewedPartSchema.nullable() })),
  /** An operator has seen a flagged part, without deciding about it. A decision about it (`review.decide`) says so too. */
  'live.seen': call(z.object({ part: z.int().positive(), operator: z.string().min(1) }), none),
  /** Takes back what the operator did last with a flagged part; null where there is nothing. */
  'live.undo': call(
    z.object({ operator: z.string().min(1) }),
    z.object({ undone: livePartSchema.nullable() }),
  ),
} as const

export const liveEvents = {
  /** A part of the watched folder has its verdict. */
  'live.judged': livePartSchema,
  /** A flagged part was seen, or waits again to be seen. */
  'live.seen': z.object({ part: z.int().positive() }),
} as const
