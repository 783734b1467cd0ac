import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type FailureInfo, failureInfoSchema } from '../../shared/failure-schema.ts'
import { type Job, type JobKind, jobKindSchema, jobSchema, jobStateSchema } from '../../shared/job.ts'
import { message } from '../../shared/messages/message.ts'
import { type Id, idSchema, type JsonObject, jsonObjectSchema, timeSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'
import { newId } from './ids.ts'
import { jsonText, toJson, toJsonOrNull } from './row.ts'

const columns = `id, kind, state, run_id AS runId, dataset_id AS datasetId, payload, progress, result,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, failure, pid`
const jobRow = jobSchema.extend({
  payload: jsonText(jsonObjectSchema),
  progress: jsonText(jsonObjectSchema).nullable(),
  result: jsonText(jsonObjectSchema).nullable(),
  failure: jsonText(failureInfoSchema).nullable(),
})

/** What is left of a row that is not as it was written, so that a list of jobs shows it instead of failing with it. */
const damagedRow = z
  .object({
    id: z.string(),
    kind: jobKindSchema.catch('unknown'),
    state: jobStateSchema.catch('failed'),
    runId: idSchema.nullable().catch(null),
    datasetId: idSchema.nullable().catch(null),
    createdAt: timeSchema.catch(0),
    startedAt: timeSchema.nullable().catch(null),
    finishedAt: timeSchema.nullable().catch(null),
    pid: z.int().positive().nullable().catch(null),
  })
  .transform((row): Job => {
    const failure = message('row-unreadable', { table: 'job', row: row.id })
    return { ...row, payload: {}, progress: null, result: null, failure }
  })

const listedRow = z.unknown().transform((raw): Job => jobRow.safeParse(raw).data ?? damagedRow.parse(raw))

export function createJob(
  db: Database,
  values: { kind: JobKind; payload: JsonObject; runId?: Id | null; datasetId?: Id | null },
): Job {
  const { kind, payload, runId = null, datasetId = null } = values
  const id = newId(db.now())
  db.run(
    `INSERT INTO job (id, kind, state, run_id, dataset_id, payload, created_at)
     VALUES ($id, $kind, 'queued', $runId, $datasetId, $payload, $now)`,
    { id, kind, runId, datasetId, payload: toJson(jsonObjectSchema, payload), now: db.now() },
  )
  return findJob(db, id)
}

/** Records what somebody did with a job. */
export function recordJob(
  db: Database,
  action: 'job.started' | 'job.stopped' | 'job.paused' | 'job.continued',
  job: Job,
): void {
  const { id, kind, runId, datasetId } = job
  const dataset = datasetId === null ? null : (datasetById(db, datasetId)?.name ?? null)
  recordAudit(db, { action, run: runId, dataset, detail: { job: id, kind } })
}

export const jobById = (db: Database, id: Id): Job | undefined =>
  db.get(listedRow, `SELECT ${columns} FROM job WHERE id = $id`, { id })

/** @throws Failure `job-unknown` */
export function findJob(db: Database, id: Id): Job {
  const job = jobById(db, id)
  if (job) return job
  throw new Failure('job-unknown', { job: id })
}

/** Jobs, newest first; with `active`, only those queued or running. */
export const listJobs = (db: Database, options: { active?: boolean; limit?: number } = {}): Job[] =>
  db.all(
    listedRow,
    `SELECT ${columns} FROM job ${options.active ? `WHERE state IN ('queued', 'running')` : ''}
     ORDER BY created_at DESC, id DESC LIMIT $limit`,
    { limit: options.limit ?? -1 },
  )

/** @param pid the process that works on it */
export function startJob(db: Database, id: Id, pid: number | null): void {
  db.run(
    `UPDATE job SET state = 'running', started_at = coalesce(started_at, $now), finished_at = NULL, failure = NULL,
       pid = $pid WHERE id = $id`,
    { id, pid, now: db.now() },
  )
}

export function updateJobProgress(db: Database, id: Id, progress: JsonObject): void {
  db.run('UPDATE job SET progress = $progress WHERE id = $id', {
    id,
    progress: toJson(jsonObjectSchema, progress),
  })
}

/** Records which dataset or run a job made or found. */
export function linkJob(db: Database, id: Id, links: { runId?: Id; datasetId?: Id }): void {
  db.run(
    `UPDATE job SET run_id = coalesce($runId, run_id), dataset_id = coalesce($datasetId, dataset_id) WHERE id = $id`,
    { id, runId: links.runId ?? null, datasetId: links.datasetId ?? null },
  )
}

export function finishJob(
  db: Database,
  id: Id,
  end:
    | { state: 'done'; result?: JsonObject | null }
    | { state: 'failed'; failure: FailureInfo }
    | { state: 'cancelled' }
    | { state: 'interrupted'; failure?: FailureInfo },
): void {
  db.run(
    `UPDATE job SET state = $state, finished_at = $now, result = $result, failure = $failure, pid = NULL
     WHERE id = $id`,
    {
      id,
      state: end.state,
      result: toJsonOrNull(jsonObjectSchema, 'result' in end ? end.result : null),
      failure: toJsonOrNull(failureInfoSchema, 'failure' in end ? end.failure : null),
      now: db.now(),
    },
  )
}

/** The result of the newest finished job of a kind on a dataset; null where there is none. */
export const newestResult = (db: Database, kind: JobKind, datasetId: Id): JsonObject | null =>
  db.get(
    z.object({ result: jsonText(jsonObjectSchema).nullable() }),
    `SELECT result FROM job WHERE kind = $kind AND dataset_id = $datasetId AND state = 'done'
     ORDER BY created_at DESC, id DESC LIMIT 1`,
    { kind, datasetId },
  )?.result ?? null

/** The finished jobs of a kind on a dataset, newest first. */
export const finishedJobs = (db: Database, kind: JobKind, datasetId: Id): Job[] =>
  db.all(
    jobRow,
    `SELECT ${columns} FROM job WHERE kind = $kind AND dataset_id = $datasetId AND state = 'done'
     ORDER BY created_at DESC, id DESC`,
    { kind, datasetId },
  )
