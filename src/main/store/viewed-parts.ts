/**
 * Parts that several cameras see: each photograph of one is a row of `live_part` with a verdict of its own, and the part
 * has one verdict, which machines are told once.
 */
import { z } from 'zod'
import {
  type LiveVerdict,
  liveVerdictSchema,
  type ViewedVerdict,
  viewedVerdictSchema,
} from '../../shared/live.ts'
import type { SeenView, ViewSettings } from '../../shared/part-views.ts'
import { type ImageId, idSchema, imageIdSchema, timeSchema } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { addViewedResult } from './results.ts'
import { jsonText, toJson } from './row.ts'

const names = z.array(z.string())
const viewedRow = z.object({
  id: z.int(),
  watch: idSchema,
  number: z.string(),
  names: jsonText(names),
  beganAt: timeSchema,
  dueAt: timeSchema,
  verdict: viewedVerdictSchema.nullable(),
  judgedAt: timeSchema.nullable(),
})
export type StoredViewedPart = z.output<typeof viewedRow>

const columns = `id, watch_id AS watch, number, names, began_at AS beganAt, due_at AS dueAt, verdict,
  judged_at AS judgedAt`

/** A view that comes so late still belongs to its part, whose verdict stays: as many times the time that it had. */
const latest = 10

export const viewedPart = (db: Database, id: number): StoredViewedPart | undefined =>
  db.get(viewedRow, `SELECT ${columns} FROM viewed_part WHERE id = $id`, { id })

/**
 * Makes a photograph a view of its part, which began with it or with an earlier one. Where the part has this view
 * already, the camera counts from the beginning again, and another part begins.
 */
export function joinViewedPart(
  db: Database,
  { part, watch }: { part: number; watch: string },
  { view, part: number }: SeenView,
  { names: all, within }: ViewSettings,
): void {
  const now = db.now()
  const open = db.get(
    viewedRow,
    `SELECT ${columns} FROM viewed_part
     WHERE watch_id = $watch AND number = $number AND began_at >= $since
       AND NOT EXISTS (SELECT 1 FROM live_part WHERE viewed_part_id = viewed_part.id AND view = $view)
     ORDER BY id DESC LIMIT 1`,
    { watch, number, view, since: now - latest * within * 1000 },
  )
  const id =
    open?.id ??
    db.run(
      `INSERT INTO viewed_part (watch_id, number, names, began_at, due_at, recipe_use_id)
       VALUES ($watch, $number, $names, $now, $dueAt, (SELECT recipe_use_id FROM live_part WHERE id = $part))`,
      { part, watch, number, names: toJson(names, all), now, dueAt: now + Math.round(within * 1000) },
    ).lastId
  // Of the recipe under which the part began, so that all of its views are judged by one.
  db.run(
    `UPDATE live_part SET viewed_part_id = $id, view = $view,
       recipe_use_id = (SELECT recipe_use_id FROM viewed_part WHERE id = $id) WHERE id = $part`,
    { id, view, part },
  )
}

const viewRow = z.object({
  part: z.int(),
  view: z.string(),
  file: z.string(),
  image: imageIdSchema.nullable(),
  arrivedAt: timeSchema,
  verdict: liveVerdictSchema.nullable(),
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  run: idSchema.nullable(),
  point: z.int().nullable(),
})
export type StoredView = z.output<typeof viewRow>

/** In the order in which they came. */
export const viewsOf = (db: Database, id: number): StoredView[] =>
  db.all(
    viewRow,
    `SELECT id AS part, view, file, image_id AS image, arrived_at AS arrivedAt, verdict, score, threshold,
       run_id AS run, point_id AS point
     FROM live_part WHERE viewed_part_id = $id ORDER BY id`,
    { id },
  )

/** By which run and operating point the view of an open part was judged that was judged first. */
export const begunWith = (db: Database, id: number): { run: string; point: number | null } | undefined =>
  db.get(
    z.object({ run: idSchema, point: z.int().nullable() }),
    `SELECT live_part.run_id AS run, point_id AS point FROM live_part
       JOIN viewed_part ON viewed_part.id = live_part.viewed_part_id
     WHERE viewed_part.id = $id AND viewed_part.verdict IS NULL AND live_part.verdict IN ('good', 'flagged')
     ORDER BY live_part.judged_at, live_part.id LIMIT 1`,
    { id },
  )

/** Whether a part is open of which a view was judged by this run. */
export const hasBegunPart = (db: Database, watch: string, run: string): boolean =>
  db.get(
    z.object({}),
    `SELECT 1 FROM viewed_part JOIN live_part ON live_part.viewed_part_id = viewed_part.id
     WHERE viewed_part.watch_id = $watch AND viewed_part.verdict IS NULL
       AND live_part.verdict IN ('good', 'flagged') AND live_part.run_id = $run LIMIT 1`,
    { watch, run },
  ) !== undefined

/** The open parts of several views that an image which waits for its verdict is a view of. */
export const openViewedOf = (db: Database, watch: string, image: ImageId): number[] =>
  db
    .all(
      z.object({ id: z.int() }),
      `SELECT DISTINCT viewed_part.id FROM live_part JOIN viewed_part ON viewed_part.id = live_part.viewed_part_id
       WHERE live_part.watch_id = $watch AND image_id = $image AND live_part.verdict IS NULL
         AND viewed_part.verdict IS NULL`,
      { watch, image },
    )
    .map(({ id }) => id)

/** Rejected when one view is; incomplete when one is missing in the end; undefined while it is open. */
export function verdictOfViews(
  expected: readonly string[],
  views: readonly { view: string; verdict: LiveVerdict | null }[],
  isDue: boolean,
): ViewedVerdict | undefined {
  if (views.some(({ verdict }) => verdict === null)) return undefined
  const isComplete = expected.every((name) => views.some(({ view }) => view === name))
  if (!isComplete && !isDue) return undefined
  if (views.some(({ verdict }) => verdict === 'flagged')) return 'flagged'
  if (views.some(({ verdict }) => verdict === 'refused')) return 'refused'
  return isComplete ? 'good' : 'incomplete'
}

/**
 * Stores the verdict of a part whose views have all of theirs, or whose time is over, and the result that machines are
 * told. To be called in the transaction that stores the verdict of a view.
 * @returns the part, where it has got its verdict now
 */
export function settleViewedPart(db: Database, id: number): StoredViewedPart | null {
  return db.transaction(() => {
    const part = viewedPart(db, id)
    if (part === undefined || part.verdict !== null) return null
    const now = db.now()
    const views = viewsOf(db, id)
    const verdict = verdictOfViews(part.names, views, now >= part.dueAt)
    if (verdict === undefined) return null
    db.run('UPDATE viewed_part SET verdict = $verdict, judged_at = $now WHERE id = $id', { id, verdict, now })
    addViewedResult(db, { ...part, cause: verdict === 'good' ? 'passed' : verdict, at: now, views })
    return { ...part, verdict, judgedAt: now }
  })
}

/** Stores the verdicts of parts whose time is over. */
export function settleDueParts(db: Database, watch: string): StoredViewedPart[] {
  const due = db.all(
    z.object({ id: z.int() }),
    'SELECT id FROM viewed_part WHERE watch_id = $watch AND verdict IS NULL AND due_at <= $now LIMIT 500',
    { watch, now: db.now() },
  )
  return due.flatMap(({ id }) => settleViewedPart(db, id) ?? [])
}

const countsRow = z.object({
  arrived: z.int(),
  good: z.int(),
  rejected: z.int(),
  incomplete: z.int(),
  waiting: z.int(),
})
export type ViewedCounts = z.output<typeof countsRow>

export const countViewedParts = (db: Database, watch: string): ViewedCounts =>
  db.get(
    countsRow,
    `SELECT count(*) AS arrived, count(*) FILTER (WHERE verdict = 'good') AS good,
       count(*) FILTER (WHERE verdict IN ('flagged', 'refused')) AS rejected,
       count(*) FILTER (WHERE verdict = 'incomplete') AS incomplete,
       count(*) FILTER (WHERE verdict IS NULL) AS waiting
     FROM viewed_part WHERE watch_id = $watch`,
    { watch },
  ) ?? { arrived: 0, good: 0, rejected: 0, incomplete: 0, waiting: 0 }

/** The part that a live photograph shows, the newest where it came several times; null where it is a part of its own. */
export const viewedPartOfImage = (db: Database, image: ImageId): number | null =>
  db.get(
    z.object({ id: z.int() }),
    `SELECT viewed_part_id AS id FROM live_part
     WHERE image_id = $image AND viewed_part_id IS NOT NULL ORDER BY live_part.id DESC LIMIT 1`,
    { image },
  )?.id ?? null

/** The other flagged photographs of the part that a photograph is a view of. */
export const flaggedViewsBeside = (db: Database, part: number): number[] =>
  db
    .all(
      z.object({ id: z.int() }),
      `SELECT other.id FROM live_part JOIN live_part AS other USING (viewed_part_id)
       WHERE live_part.id = $part AND other.id <> $part AND other.verdict = 'flagged' ORDER BY other.id`,
      { part },
    )
    .map(({ id }) => id)

/** The photographs of the other flagged views of the part that an image shows, judged by this run. */
export const flaggedBeside = (db: Database, image: ImageId, run: string): ImageId[] =>
  db
    .all(
      z.object({ image: imageIdSchema }),
      `SELECT DISTINCT image_id AS image FROM live_part
       WHERE viewed_part_id = $id AND verdict = 'flagged' AND run_id = $run AND image_id <> $image ORDER BY image_id`,
      { id: viewedPartOfImage(db, image), run, image },
    )
    .map((row) => row.image)
