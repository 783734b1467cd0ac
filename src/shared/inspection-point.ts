/** Inspection points: where this station takes photographs of parts. Several are watched at the same time. */
import { z } from 'zod'
import { acting, call, none } from './call.ts'
import { liveWatchSchema } from './live.ts'
import { viewSettingsSchema } from './part-views.ts'
import { lineStateSchema, pointNameSchema } from './result.ts'
import { idSchema } from './values.ts'

export const pointSettingsSchema = z.object({
  /**
   * Of more parts that wait and that machines were told are late, the oldest are not judged any more; null: all are
   * judged, however late.
   */
  mostWaiting: z.int().min(1).max(1_000_000).nullable(),
  /** How several photographs make one part; null where each is a part of its own. */
  views: viewSettingsSchema.nullable(),
})
export type PointSettings = z.infer<typeof pointSettingsSchema>
export const standardPoint: PointSettings = { mostWaiting: 1000, views: null }
const { mostWaiting, views } = pointSettingsSchema.shape

/** How the point of a station goes, as in a list of all of them. */
export const inspectionPointSchema = pointSettingsSchema.extend({
  name: z.string(),
  state: lineStateSchema,
  /** The newest watch; null where nothing was watched there yet. */
  watch: liveWatchSchema.nullable(),
  /** The job that watches; null where nothing is watched now. */
  job: idSchema.nullable(),
  arrived: z.int(),
  flagged: z.int(),
  waiting: z.int(),
  /** Whether judging is behind the arrivals. */
  isBehind: z.boolean(),
  /** Parts that were not judged since the start, because too many waited. */
  skipped: z.int().nonnegative(),
})
export type InspectionPoint = z.infer<typeof inspectionPointSchema>

const named = z.object({ name: pointNameSchema, ...acting })

export const inspectionCalls = {
  /** The first is the one that was added first. */
  'inspection.list': call(none, z.array(inspectionPointSchema)),
  'inspection.add': call(
    named.extend({ mostWaiting: mostWaiting.default(standardPoint.mostWaiting), views: views.default(null) }),
    none,
  ),
  'inspection.change': call(named.extend(pointSettingsSchema.shape), none),
  /** Names of files that came to the point, or are in a folder: what a pattern of views makes of them can be seen. */
  'inspection.files': call(
    z.object({ name: pointNameSchema.nullable(), folder: z.string().min(1).nullable() }),
    z.object({ files: z.array(z.string()) }),
  ),
  /** What it judged and delivered stays. */
  'inspection.remove': call(named, none),
} as const

export const inspectionEvents = {
  /** A point was added, changed or removed, or has another state. */
  'inspection.changed': none,
} as const
