/**
 * Datasets and runs that a person deleted. They are marked, not deleted: until their files are cleared away they can be
 * put back, and what the audit, decisions and thresholds name stays for ever.
 */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { imageFormatSchema } from '../../shared/image.ts'
import { type Removed, type RemovedKind, removedDays } from '../../shared/removed.ts'
import { type Id, sha256Schema, timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetByName } from './datasets.ts'
import { modelInUse } from './model-uses.ts'
import { countRow } from './row.ts'
import { findRun, runById } from './runs.ts'

const day = 86_400_000
export const removedUntil = (at: number): number => at + removedDays * day

const count = (db: Database, sql: string, id: string): number => db.get(countRow, sql, { id })?.n ?? 0

export interface DependentCounts {
  images: number
  masks: number
  runs: number
  versions: number
  decisions: number
  points: number
}

/** What goes with a dataset that is deleted. */
export const dependentsOfDataset = (db: Database, id: Id): DependentCounts => ({
  images: count(db, 'SELECT count(*) AS n FROM image WHERE dataset_id = $id AND removed_at IS NULL', id),
  masks: count(
    db,
    'SELECT count(mask_sha256) AS n FROM image WHERE dataset_id = $id AND removed_at IS NULL',
    id,
  ),
  runs: count(db, 'SELECT count(*) AS n FROM run WHERE dataset_id = $id AND removed_at IS NULL', id),
  versions: count(db, 'SELECT count(*) AS n FROM dataset_version WHERE dataset_id = $id', id),
  decisions: count(
    db,
    `SELECT count(*) AS n FROM decision JOIN image ON image.id = image_id
     WHERE dataset_id = $id AND undone_at IS NULL`,
    id,
  ),
  points: count(
    db,
    'SELECT count(*) AS n FROM operating_point JOIN run ON run.id = run_id WHERE dataset_id = $id',
    id,
  ),
})

/** What goes with a run that is deleted. `images`: those that it scored; `runs`: those retrained from it, which stay. */
export const dependentsOfRun = (db: Database, id: Id): DependentCounts => ({
  images: count(db, 'SELECT count(*) AS n FROM score WHERE run_id = $id', id),
  masks: 0,
  runs: count(db, 'SELECT count(*) AS n FROM run WHERE parent_run_id = $id AND removed_at IS NULL', id),
  versions: 0,
  decisions: count(db, 'SELECT count(*) AS n FROM decision WHERE run_id = $id AND undone_at IS NULL', id),
  points: count(db, 'SELECT count(*) AS n FROM operating_point WHERE run_id = $id', id),
})

/** @throws Failure `removal-busy` while a job or a watched folder works with it */
export function requireIdle(db: Database, kind: 'dataset' | 'run', id: Id, name: string): void {
  const runs = kind === 'run' ? '$id' : 'SELECT id FROM run WHERE dataset_id = $id'
  const ofDataset = kind === 'run' ? '' : 'OR dataset_id = $id'
  const watch = db.get(
    z.object({ folder: z.string() }),
    `SELECT folder FROM live_watch WHERE active = 1 AND (run_id IN (${runs}) ${ofDataset}) LIMIT 1`,
    { id },
  )
  if (watch) throw new Failure('removal-busy', { case: 'live', name, folder: watch.folder })
  const job = db.get(
    z.object({ kind: z.string() }),
    `SELECT kind FROM job WHERE state IN ('queued', 'running') AND (run_id IN (${runs}) ${ofDataset}) LIMIT 1`,
    { id },
  )
  if (job) throw new Failure('removal-busy', { case: kind, name, job: job.kind })
}

/** @throws Failure `run-in-use` for the model in use of its dataset */
export function requireNotInUse(db: Database, id: Id, name: string): void {
  if (modelInUse(db, findRun(db, id).datasetId)?.runId === id) throw new Failure('run-in-use', { run: name })
}

export function removeDataset(
  db: Database,
  { id, name }: { id: Id; name: string },
  operator: string | null,
): void {
  db.transaction(() => {
    requireIdle(db, 'dataset', id, name)
    const dependents = dependentsOfDataset(db, id)
    db.run(
      `UPDATE dataset SET removed_at = $now, removed_by = $operator, removed_name = name, name = $free
       WHERE id = $id`,
      { id, operator, now: db.now(), free: `removed ${id}` },
    )
    recordAudit(db, {
      action: 'dataset.removed',
      operator,
      dataset: name,
      detail: { id, ...dependents },
    })
  })
}

/** @param name what it is called, for messages */
export function removeRun(
  db: Database,
  { id, name, dataset }: { id: Id; name: string; dataset: string },
  operator: string | null,
): void {
  db.transaction(() => {
    requireNotInUse(db, id, name)
    requireIdle(db, 'run', id, name)
    db.run('UPDATE run SET removed_at = $now, removed_by = $operator WHERE id = $id', {
      id,
      operator,
      now: db.now(),
    })
    recordAudit(db, {
      action: 'run.removed',
      operator,
      run: id,
      dataset,
      detail: { name, ...dependentsOfRun(db, id) },
    })
  })
}

const removedRow = z.object({
  id: z.string(),
  name: z.string(),
  at: timeSchema,
  by: z.string().nullable(),
  cleared: timeSchema.nullable(),
})
type RemovedRow = z.output<typeof removedRow>

const datasetColumns =
  "id, coalesce(removed_name, name) AS name, removed_at AS 'at', removed_by AS 'by', cleared_at AS cleared"
const runColumns = "id, id AS name, removed_at AS 'at', removed_by AS 'by', cleared_at AS cleared"

/** Datasets that were deleted and are not cleared away, newest first. */
export const removedDatasets = (db: Database): Removed[] =>
  db
    .all(
      removedRow,
      `SELECT ${datasetColumns} FROM dataset WHERE removed_at > 0 AND cleared_at IS NULL ORDER BY removed_at DESC`,
    )
    .map(({ id, name, at, by }) => ({
      kind: 'dataset',
      id,
      name,
      dataset: null,
      becomes: null,
      at,
      by,
      until: removedUntil(at),
    }))

/** Runs of datasets that are there, deleted and not cleared away, newest first. */
export const removedRuns = (db: Database): { id: Id; at: number; by: string | null }[] =>
  db.all(
    removedRow,
    `SELECT ${runColumns} FROM run WHERE removed_at > 0 AND cleared_at IS NULL
       AND EXISTS (SELECT 1 FROM dataset WHERE dataset.id = run.dataset_id AND dataset.removed_at IS NULL)
     ORDER BY removed_at DESC`,
  )

/** @throws Failure `removed-unknown`, `removed-cleared` */
function removedOne(db: Database, kind: Extract<RemovedKind, 'dataset' | 'run'>, id: Id): RemovedRow {
  const columns = kind === 'dataset' ? datasetColumns : runColumns
  const row = db.get(removedRow, `SELECT ${columns} FROM ${kind} WHERE id = $id AND removed_at > 0`, { id })
  if (row === undefined) throw new Failure('removed-unknown', { id })
  if (row.cleared !== null) throw new Failure('removed-cleared', { name: row.name })
  return row
}

/** Puts a dataset back, with its runs. @returns its name, which another dataset may have taken meanwhile */
export function putDatasetBack(db: Database, id: Id, operator: string | null): string {
  return db.transaction(() => {
    const { name: former, at } = removedOne(db, 'dataset', id)
    let name = former
    for (let number = 2; datasetByName(db, name) !== undefined; number++) {
      name = `${former.slice(0, 90)} (${number})`
    }
    db.run(
      `UPDATE dataset SET name = $name, removed_at = NULL, removed_by = NULL, removed_name = NULL WHERE id = $id`,
      { id, name },
    )
    recordAudit(db, {
      action: 'dataset.restored',
      operator,
      dataset: name,
      detail: { id, former, removed: new Date(at).toISOString() },
    })
    return name
  })
}

export function putRunBack(db: Database, id: Id, operator: string | null): void {
  db.transaction(() => {
    const { at } = removedOne(db, 'run', id)
    db.run('UPDATE run SET removed_at = NULL, removed_by = NULL WHERE id = $id', { id })
    recordAudit(db, {
      action: 'run.restored',
      operator,
      run: id,
      dataset: datasetNameOf(db, runById(db, id)?.datasetId ?? ''),
      detail: { removed: new Date(at).toISOString() },
    })
  })
}

const datasetNameOf = (db: Database, id: Id): string | null =>
  db.get(
    z.object({ name: z.string() }),
    'SELECT coalesce(removed_name, name) AS name FROM dataset WHERE id = $id',
    { id },
  )?.name ?? null

/** Whether anything waits to be cleared away. */
export const isAnythingRemoved = (db: Database): boolean =>
  db.get(
    z.object({}),
    `SELECT 1 FROM dataset WHERE removed_at > 0 AND cleared_at IS NULL
     UNION ALL SELECT 1 FROM run WHERE removed_at > 0 AND cleared_at IS NULL LIMIT 1`,
  ) !== undefined

const idRow = z.object({ id: z.string() })

/** Datasets that were deleted before a time, and are not cleared away. */
export const datasetsToClear = (db: Database, before: number): Id[] =>
  db
    .all(idRow, 'SELECT id FROM dataset WHERE removed_at < $before AND cleared_at IS NULL', { before })
    .map(({ id }) => id)

/** Runs that were deleted before a time, or whose dataset is cleared away. */
export const runsToClear = (db: Database, before: number): Id[] =>
  db
    .all(
      idRow,
      `SELECT run.id FROM run JOIN dataset ON dataset.id = run.dataset_id
       WHERE run.cleared_at IS NULL AND (run.removed_at < $before OR dataset.cleared_at > 0)`,
      { before },
    )
    .map(({ id }) => id)

const blobRow = z.object({ sha256: sha256Schema, format: imageFormatSchema, bytes: z.int() })

/** Photographs and masks that only datasets have which are cleared away, a few at a time. */
export const blobsOfCleared = (db: Database, limit: number): z.output<typeof blobRow>[] =>
  db.all(
    blobRow,
    `SELECT sha256, format, bytes FROM blob WHERE discarded_at IS NULL AND sha256 IN (
       SELECT image.sha256 FROM image JOIN dataset ON dataset.id = image.dataset_id WHERE dataset.cleared_at > 0
       UNION SELECT image.mask_sha256 FROM image JOIN dataset ON dataset.id = image.dataset_id
       WHERE dataset.cleared_at > 0 AND image.mask_sha256 IS NOT NULL)
     AND NOT EXISTS (SELECT 1 FROM image JOIN dataset ON dataset.id = image.dataset_id
       WHERE dataset.cleared_at IS NULL AND image.sha256 = blob.sha256)
     AND NOT EXISTS (SELECT 1 FROM image JOIN dataset ON dataset.id = image.dataset_id
       WHERE dataset.cleared_at IS NULL AND image.mask_sha256 = blob.sha256)
     LIMIT $limit`,
    { limit },
  )

export function markBlobsDiscarded(db: Database, blobs: readonly { sha256: string }[]): void {
  db.transaction(() => {
    for (const { sha256 } of blobs) {
      db.run('UPDATE blob SET discarded_at = $now WHERE sha256 = $sha256', { sha256, now: db.now() })
    }
  })
}

export function markDatasetCleared(db: Database, id: Id): void {
  db.transaction(() => {
    db.run('UPDATE dataset SET cleared_at = $now WHERE id = $id', { id, now: db.now() })
    recordAudit(db, { action: 'dataset.cleared', dataset: datasetNameOf(db, id), detail: { id } })
  })
}

/** Its heat maps go with its files. */
export function markRunCleared(db: Database, id: Id): void {
  db.transaction(() => {
    db.run('UPDATE run SET cleared_at = $now WHERE id = $id', { id, now: db.now() })
    db.run(
      `UPDATE score SET map_file = NULL, map_scale = NULL, map_width = NULL, map_height = NULL,
         reconstruction_file = NULL WHERE run_id = $id`,
      { id },
    )
    recordAudit(db, {
      action: 'run.cleared',
      run: id,
      dataset: datasetNameOf(db, runById(db, id)?.datasetId ?? ''),
    })
  })
}
