/** Watched folders, and a row for each file that arrived in one. */
import { z } from 'zod'
import type { Split } from '../../shared/image.ts'
import {
  type LivePart,
  type LiveVerdict,
  type LiveWatch,
  livePartSchema,
  liveWatchSchema,
  type ViewedPart,
} from '../../shared/live.ts'
import { messageSchema } from '../../shared/messages/message.ts'
import { type SeenView, type ViewSettings, viewReader } from '../../shared/part-views.ts'
import { firstPoint } from '../../shared/result.ts'
import { type Id, type ImageId, idSchema, type Sha256, sha256Schema } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { type Deposit, depositOf } from './deposits.ts'
import { newId } from './ids.ts'
import { addResult } from './results.ts'
import { countRow, flag, jsonText, toJsonOrNull } from './row.ts'
import { joinViewedPart, settleViewedPart, viewedPart, viewsOf } from './viewed-parts.ts'

const watchColumns = `id, point, folder, result_folder AS resultFolder, run_id AS runId, dataset_id AS datasetId, active,
  created_at AS createdAt, refused`
const refusedSchema = liveWatchSchema.shape.refused.unwrap()
const watchRow = liveWatchSchema.extend({
  active: flag,
  refused: jsonText(refusedSchema).nullable(),
})

/**
 * Starts a watch. At an inspection point one folder is watched at a time, so its other watches become inactive.
 * @param modelUse the newest use of a model for the run's dataset; when a newer one appears, the watch follows it
 */
export function beginWatch(
  db: Database,
  {
    point = firstPoint,
    ...given
  }: { point?: string; folder: string; resultFolder: string; runId: Id; datasetId: Id },
  modelUse: number | null,
): LiveWatch {
  const values = { ...given, point }
  return db.transaction(() => {
    db.run('UPDATE live_watch SET active = 0 WHERE active = 1 AND point = $point', { point })
    const known = db.get(
      z.object({ id: z.string() }),
      `SELECT id FROM live_watch WHERE point = $point AND folder = $folder AND result_folder = $resultFolder AND run_id = $runId
         AND dataset_id = $datasetId`,
      values,
    )
    const id = known?.id ?? newId(db.now())
    // Later than every other one, even if the clock was set back: the newest watch is the one that goes on.
    const createdAt = Math.max(db.now(), (newestWatch(db)?.createdAt ?? 0) + 1)
    db.run(
      `INSERT INTO live_watch (id, point, folder, result_folder, run_id, dataset_id, active, created_at, model_use_id,
         recipe_use_id)
       VALUES ($id, $point, $folder, $resultFolder, $runId, $datasetId, 1, $createdAt, $modelUse,
         (SELECT max(id) FROM recipe_use WHERE point = $point))
       ON CONFLICT (id) DO UPDATE SET active = 1, created_at = excluded.created_at,
         model_use_id = excluded.model_use_id, refused = NULL, recipe_use_id = excluded.recipe_use_id`,
      { ...values, id, modelUse, createdAt },
    )
    return { ...values, id, active: true, createdAt, refused: null }
  })
}

export function endWatch(db: Database, id: Id): void {
  db.run('UPDATE live_watch SET active = 0 WHERE id = $id', { id })
}

export const isWatchActive = (db: Database, id: Id): boolean =>
  db.get(z.object({ active: flag }), 'SELECT active FROM live_watch WHERE id = $id', { id })?.active === true

/** The newest use of a model that the watch has already followed. */
export const notedUse = (db: Database, id: Id): number | null =>
  db.get(z.object({ use: z.int().nullable() }), 'SELECT model_use_id AS use FROM live_watch WHERE id = $id', {
    id,
  })?.use ?? null

/** Lets the watch judge with another run from now on. */
export function handOver(db: Database, id: Id, { runId, modelUse }: { runId: Id; modelUse: number }): void {
  db.run('UPDATE live_watch SET run_id = $runId, model_use_id = $modelUse, refused = NULL WHERE id = $id', {
    id,
    runId,
    modelUse,
  })
}

/** Records that the model put into use could not be loaded; loading is tried again when the watch starts again. */
export function noteRefused(db: Database, id: Id, refused: NonNullable<LiveWatch['refused']>): void {
  db.run('UPDATE live_watch SET refused = $refused WHERE id = $id', {
    id,
    refused: toJsonOrNull(refusedSchema, refused),
  })
}

/** @param point null for that of all inspection points */
export const newestWatch = (db: Database, point: string | null = null): LiveWatch | undefined =>
  db.get(
    watchRow,
    `SELECT ${watchColumns} FROM live_watch WHERE $point IS NULL OR point = $point
     ORDER BY created_at DESC, id DESC LIMIT 1`,
    { point },
  )

/**
 * The dataset that holds a split for the models of a dataset: its own, but for live parts, which each line files in a
 * dataset beside it.
 */
export function datasetOfSplit(db: Database, datasetId: Id, split: Split | null): Id {
  if (split !== 'live') return datasetId
  const found = db.get(
    z.object({ id: idSchema }),
    `SELECT live_watch.dataset_id AS id FROM live_watch JOIN run ON run.id = live_watch.run_id
     WHERE run.dataset_id = $datasetId ORDER BY live_watch.created_at DESC LIMIT 1`,
    { datasetId },
  )
  return found?.id ?? datasetId
}

export const partColumns = `id, watch_id AS watch, (SELECT w.point FROM live_watch AS w WHERE w.id = watch_id) AS at,
  viewed_part_id AS viewed, view, part_number AS partNumber, file, image_id AS image, arrived_at AS arrivedAt, verdict, score, threshold,
  coalesce(refusal, reason) AS reason, judged_at AS judgedAt, run_id AS run, point_id AS point,
  seen_at AS seenAt`
/**
 * Reads a row. For parts that were judged before messages became data, `reason` is a sentence and `refusal` the
 * message.
 */
export const partRow = livePartSchema.extend({ reason: jsonText(messageSchema).nullable() })

/** A file in the watched folder, as it was when it was found. */
export interface ArrivedFile {
  file: string
  bytes: number
  modifiedAt: number
}

/**
 * Adds a complete file as a part. A file that was written again without its size and time changing gets the next time
 * that is free: a row is unique by name, size and time.
 */
export function addPart(db: Database, watchId: Id, file: ArrivedFile): LivePart {
  const { lastId } = db.run(
    `INSERT INTO live_part (watch_id, file, bytes, modified_at, arrived_at, recipe_use_id)
     VALUES ($watchId, $file, $bytes, $modifiedAt, $now, (
       SELECT max(recipe_use.id) FROM recipe_use JOIN live_watch ON live_watch.point = recipe_use.point
       WHERE live_watch.id = $watchId))`,
    { ...atFreeTime(db, watchId, file), watchId, now: db.now() },
  )
  const part = partById(db, lastId)
  if (part === undefined) throw new RangeError(`the part of ${file.file} was not stored`)
  return part
}

function atFreeTime(db: Database, watchId: Id, file: ArrivedFile): ArrivedFile {
  let { modifiedAt } = file
  while (hasRow(db, watchId, { ...file, modifiedAt })) modifiedAt += 1
  return { ...file, modifiedAt }
}

const hasRow = (db: Database, watchId: Id, { file, bytes, modifiedAt }: ArrivedFile): boolean =>
  db.get(
    z.object({}),
    `SELECT 1 FROM live_part
     WHERE watch_id = $watchId AND file = $file AND bytes = $bytes AND modified_at = $modifiedAt`,
    { watchId, file, bytes, modifiedAt },
  ) !== undefined

/** The part whose picture has not been taken from its file yet; undefined where there is none. */
export const unreadPart = (db: Database, watchId: Id, file: string): LivePart | undefined =>
  db.get(
    partRow,
    `SELECT ${partColumns} FROM live_part
     WHERE watch_id = $watchId AND file = $file AND verdict IS NULL AND image_id IS NULL ORDER BY id DESC LIMIT 1`,
    { watchId, file },
  )

/**
 * Adds a complete file as a part, or, where one waits for the picture of this file, lets that be it.
 * @param views how names of files tell views of a part; null where each photograph is a part
 */
export function addOrRenewPart(
  db: Database,
  watchId: Id,
  file: ArrivedFile,
  views: ViewSettings | null = null,
): void {
  const waiting = unreadPart(db, watchId, file.file)
  if (waiting === undefined) {
    const { id } = addPart(db, watchId, file)
    const posted = depositOf(db, file.file)
    if (posted !== undefined)
      db.run('UPDATE live_part SET part_number = $partNumber WHERE id = $id', {
        id,
        partNumber: posted.partNumber,
      })
    const seen = views === null ? null : viewSeen(file.file, views, posted)
    if (views !== null && seen !== null) joinViewedPart(db, { part: id, watch: watchId }, seen, views)
  } else if (!isRowOf(db, waiting.id, file)) {
    db.run('UPDATE live_part SET bytes = $bytes, modified_at = $modifiedAt WHERE id = $id', {
      id: waiting.id,
      bytes: file.bytes,
      modifiedAt: atFreeTime(db, watchId, file).modifiedAt,
    })
  }
}

/** What a program said comes first: then the name of the file, which this station made, tells nothing. */
function viewSeen(file: string, views: ViewSettings, posted: Deposit | undefined): SeenView | null {
  if (posted === undefined) return viewReader(views)(file)
  const { partNumber: part, view } = posted
  return part !== null && view !== null && views.names.includes(view) ? { part, view } : null
}

const isRowOf = (db: Database, id: number, { bytes, modifiedAt }: ArrivedFile): boolean =>
  db.get(
    z.object({}),
    'SELECT 1 FROM live_part WHERE id = $id AND bytes = $bytes AND modified_at = $modifiedAt',
    { id, bytes, modifiedAt },
  ) !== undefined

/**
 * A file of which a part was made, with the hash of the picture that was last taken from it; null where none was made,
 * or its picture has not been taken yet.
 */
export const takenPart = (
  db: Database,
  watchId: Id,
  { file, bytes, modifiedAt }: ArrivedFile,
): { sha256: Sha256 | null } | null => {
  const values = { watchId, file, bytes, modifiedAt }
  const isTaken = db.get(
    z.object({}),
    `SELECT 1 FROM live_part
     WHERE watch_id = $watchId AND file = $file AND bytes = $bytes AND modified_at = $modifiedAt
       AND (verdict IS NOT NULL OR image_id IS NOT NULL)`,
    values,
  )
  if (isTaken === undefined || unreadPart(db, watchId, file) !== undefined) return null
  return (
    db.get(
      z.object({ sha256: sha256Schema.nullable() }),
      `SELECT image.sha256 FROM live_part LEFT JOIN image ON image.id = live_part.image_id
       WHERE watch_id = $watchId AND live_part.file = $file AND live_part.bytes = $bytes
       ORDER BY live_part.id DESC LIMIT 1`,
      { watchId, file, bytes },
    ) ?? null
  )
}

export const partById = (db: Database, id: number): LivePart | undefined =>
  db.get(partRow, `SELECT ${partColumns} FROM live_part WHERE id = $id`, { id })

/** Whether a part of this file has its verdict. */
export const isFileJudged = (db: Database, file: string): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM live_part WHERE file = $file AND verdict IS NOT NULL LIMIT 1', {
    file,
  }) !== undefined

/** Parts without a verdict, in order of arrival. */
export const openParts = (db: Database, watchId: Id): LivePart[] =>
  db.all(
    partRow,
    `SELECT ${partColumns} FROM live_part WHERE watch_id = $watchId AND verdict IS NULL ORDER BY id`,
    { watchId },
  )

export const hasOpenParts = (db: Database, watchId: Id): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM live_part WHERE watch_id = $watchId AND verdict IS NULL LIMIT 1', {
    watchId,
  }) !== undefined

export const openPartsOf = (db: Database, watchId: Id, imageId: ImageId): LivePart[] =>
  db.all(
    partRow,
    `SELECT ${partColumns} FROM live_part
     WHERE watch_id = $watchId AND image_id = $imageId AND verdict IS NULL ORDER BY id`,
    { watchId, imageId },
  )

export function linkPart(db: Database, id: number, imageId: ImageId): void {
  db.run('UPDATE live_part SET image_id = $imageId WHERE id = $id', { id, imageId })
}

/**
 * Stores the verdict of a part that has none, and with it the result that machines are told; where it is a view of a
 * part, as soon as that has its verdict.
 */
export function judgePart(
  db: Database,
  id: number,
  values: Pick<LivePart, 'score' | 'threshold' | 'reason' | 'run' | 'point'> & { verdict: LiveVerdict },
): LivePart | undefined {
  return db.transaction(() => {
    const { changes } = db.run(
      `UPDATE live_part SET verdict = $verdict, score = $score, threshold = $threshold, reason = $reason, run_id = $run,
         point_id = $point, judged_at = $now WHERE id = $id AND verdict IS NULL`,
      { ...values, reason: toJsonOrNull(messageSchema, values.reason), id, now: db.now() },
    )
    const part = partById(db, id)
    if (changes > 0 && part !== undefined) {
      if (part.viewed === null) addResult(db, part)
      else settleViewedPart(db, part.viewed)
    }
    return part
  })
}

/** All judged parts in order of arrival, one by one. */
export const judgedParts = (db: Database, watchId: Id): Generator<LivePart> =>
  db.iterate(
    partRow,
    `SELECT ${partColumns} FROM live_part WHERE watch_id = $watchId AND verdict IS NOT NULL ORDER BY id`,
    { watchId },
  )

/** The judged parts whose result is written, and this one, in order of arrival. */
export const writtenParts = (db: Database, watchId: Id, id: number): Generator<LivePart> =>
  db.iterate(
    partRow,
    `SELECT ${partColumns} FROM live_part
     WHERE watch_id = $watchId AND verdict IS NOT NULL AND (written_at IS NOT NULL OR id = $id) ORDER BY id`,
    { watchId, id },
  )

export function markWritten(db: Database, id: number): void {
  db.run('UPDATE live_part SET written_at = $now WHERE id = $id', { id, now: db.now() })
}

export const unwrittenParts = (db: Database, watchId: Id): LivePart[] =>
  db.all(
    partRow,
    `SELECT ${partColumns} FROM live_part
     WHERE watch_id = $watchId AND verdict IS NOT NULL AND written_at IS NULL ORDER BY id`,
    { watchId },
  )

/** Condition: machines were told of the part, or of that which it is a view of. */
const isTold = `(EXISTS (SELECT 1 FROM result WHERE part_id = live_part.id)
  OR EXISTS (SELECT 1 FROM result WHERE result.viewed_part_id = live_part.viewed_part_id))`

/** Parts without a verdict whose photograph is stored, and of which machines were told that they are late. */
export const lateOpenParts = (db: Database, watchId: Id, limit: number): LivePart[] =>
  db.all(
    partRow,
    `SELECT ${partColumns} FROM live_part
     WHERE watch_id = $watchId AND verdict IS NULL AND image_id IS NOT NULL
       AND ${isTold} ORDER BY id LIMIT $limit`,
    { watchId, limit },
  )

export const countOpen = (db: Database, watchId: Id): number =>
  db.get(countRow, 'SELECT count(*) AS n FROM live_part WHERE watch_id = $watchId AND verdict IS NULL', {
    watchId,
  })?.n ?? 0

/** Parts that have waited for their verdict since before a time, and of which machines were told nothing. */
export const overdueParts = (db: Database, watchId: Id, before: number): LivePart[] =>
  db.all(
    partRow,
    `SELECT ${partColumns} FROM live_part
     WHERE watch_id = $watchId AND verdict IS NULL AND arrived_at <= $before
       AND NOT ${isTold} ORDER BY id LIMIT 1000`,
    { watchId, before },
  )

export const newestParts = (db: Database, watchId: Id, limit: number): LivePart[] =>
  db.all(
    partRow,
    `SELECT ${partColumns} FROM live_part WHERE watch_id = $watchId AND verdict IS NOT NULL
     ORDER BY id DESC LIMIT $limit`,
    { watchId, limit },
  )

/** The arrival times of the newest parts, with or without a verdict, the newest first. */
export const newestArrivals = (db: Database, watchId: Id, limit: number): number[] =>
  db
    .all(
      z.object({ arrivedAt: z.int() }),
      'SELECT arrived_at AS arrivedAt FROM live_part WHERE watch_id = $watchId ORDER BY id DESC LIMIT $limit',
      { watchId, limit },
    )
    .map(({ arrivedAt }) => arrivedAt)

const countsRow = z.object({
  arrived: z.int(),
  good: z.int(),
  flagged: z.int(),
  refused: z.int(),
  waiting: z.int(),
})
export const countParts = (db: Database, watchId: Id): z.output<typeof countsRow> =>
  db.get(
    countsRow,
    `SELECT count(*) AS arrived, count(*) FILTER (WHERE verdict = 'good') AS good,
       count(*) FILTER (WHERE verdict = 'flagged') AS flagged,
       count(*) FILTER (WHERE verdict = 'refused') AS refused,
       count(*) FILTER (WHERE verdict IS NULL) AS waiting
     FROM live_part WHERE watch_id = $watchId`,
    { watchId },
  ) ?? { arrived: 0, good: 0, flagged: 0, refused: 0, waiting: 0 }

/** Whether an earlier part of the watch came from a file with the same name, whatever its extension. */
export const isStemTaken = (db: Database, { id, watch }: LivePart, stem: string): boolean =>
  db.get(
    z.object({}),
    // '/' follows '.' in the order of characters: all names that begin with the stem and a point.
    `SELECT 1 FROM live_part WHERE watch_id = $watch AND file >= $first AND file < $last AND id < $id
       AND instr(substr(file, length($first) + 1), '.') = 0`,
    { watch, first: `${stem}.`, last: `${stem}/`, id },
  ) !== undefined

/** Names of the files that came last. */
export const newestFiles = (db: Database, watchId: Id, limit: number): string[] =>
  db
    .all(
      z.object({ file: z.string() }),
      'SELECT file FROM live_part WHERE watch_id = $watchId ORDER BY id DESC LIMIT $limit',
      { watchId, limit },
    )
    .map(({ file }) => file)

/** A part with all of its views: those that it is to have, and others that came. */
export function viewedPartWhole(db: Database, id: number): ViewedPart | null {
  const part = viewedPart(db, id)
  if (part === undefined) return null
  const views = viewsOf(db, id)
  const names = [...new Set([...part.names, ...views.map(({ view }) => view)])]
  return {
    id,
    number: part.number,
    verdict: part.verdict,
    views: names.map((name) => {
      const view = views.find((one) => one.view === name)
      return { name, part: view === undefined ? null : (partById(db, view.part) ?? null) }
    }),
  }
}
