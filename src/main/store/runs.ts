import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type FailureInfo, failureInfoSchema } from '../../shared/failure-schema.ts'
import {
  type Run,
  type RunCalibration,
  type RunMetric,
  type RunResult,
  type RunState,
  runCalibrationSchema,
  runMetricSchema,
  runResultSchema,
  runSchema,
  runTagsSchema,
} from '../../shared/run.ts'
import { type Id, type JsonObject, jsonObjectSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database, SqlValues } from './database.ts'
import { datasetById } from './datasets.ts'
import { newId } from './ids.ts'
import { jsonText, toJson, toJsonOrNull } from './row.ts'
import { keepRunFiles } from './run-files.ts'

const columns = `id, dataset_id AS datasetId, name, number, parent_run_id AS parentRunId, model, preset, seed, config, state,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, steps_done AS stepsDone,
  steps_total AS stepsTotal, seconds, losses, components, calibration, result, failure,
  resumed_count AS resumedCount, archived_at AS archivedAt, note, tags`
/** Neither it nor its dataset was deleted. */
const isThere = `removed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM dataset WHERE dataset.id = run.dataset_id AND dataset.removed_at > 0)`
const lossesSchema = z.record(z.string(), z.number())
const runRow = runSchema.extend({
  config: jsonText(jsonObjectSchema),
  losses: jsonText(lossesSchema),
  components: jsonText(z.array(z.string().min(1))).nullable(),
  calibration: jsonText(runCalibrationSchema).nullable(),
  result: jsonText(runResultSchema).nullable(),
  failure: jsonText(failureInfoSchema).nullable(),
  tags: jsonText(runTagsSchema),
})

/** The folder of a run, relative to the workspace. */
export const runFolder = (id: Id): string => `runs/${id}`

/** The states that may follow each state. A trained run stays trained. */
const successors: Record<RunState, readonly RunState[]> = {
  queued: ['training', 'cancelled', 'failed', 'interrupted'],
  training: ['paused', 'interrupted', 'trained', 'failed', 'cancelled'],
  paused: ['training', 'queued', 'interrupted', 'failed', 'cancelled'],
  interrupted: ['training', 'queued', 'failed', 'cancelled'],
  failed: ['training', 'queued', 'cancelled'],
  cancelled: ['training', 'queued'],
  trained: [],
}

export interface NewRun {
  datasetId: Id
  model: string
  preset: string
  seed: number
  config: JsonObject
  stepsTotal: number
  name?: string | null
  parentRunId?: Id | null
}

export function createRun(db: Database, values: NewRun): Run {
  const id = newId(db.now())
  const { config, name = null, parentRunId = null, ...rest } = values
  return db.transaction(() => {
    db.run(
      `INSERT INTO run (id, dataset_id, name, parent_run_id, model, preset, seed, config, state, created_at, steps_total)
       VALUES ($id, $datasetId, $name, $parentRunId, $model, $preset, $seed, $config, 'queued', $now, $stepsTotal)`,
      { ...rest, id, name, parentRunId, config: toJson(jsonObjectSchema, config), now: db.now() },
    )
    numberRun(db, id)
    return findRun(db, id)
  })
}

/** Gives a run the next number among those of its dataset that are called alike, so that no name is there twice. */
function numberRun(db: Database, id: Id): void {
  db.run(
    `UPDATE run SET number = 1 + coalesce((
       SELECT max(other.number) FROM run AS other
       WHERE other.id <> run.id AND other.dataset_id = run.dataset_id AND other.name IS run.name
         AND (run.name IS NOT NULL OR (other.model = run.model AND other.preset = run.preset
           AND other.seed = run.seed AND (other.parent_run_id IS NULL) = (run.parent_run_id IS NULL)))
     ), 0) WHERE id = $id`,
    { id },
  )
}

/** Also one that was deleted. */
export const runById = (db: Database, id: Id): Run | undefined =>
  db.get(runRow, `SELECT ${columns} FROM run WHERE id = $id`, { id })

/** Newest first. */
export function listRuns(
  db: Database,
  filter: { datasetId?: Id | undefined; state?: RunState | undefined } = {},
): Run[] {
  const terms: string[] = [isThere]
  const values: SqlValues = {}
  if (filter.datasetId !== undefined) {
    terms.push('dataset_id = $datasetId')
    values.datasetId = filter.datasetId
  }
  if (filter.state !== undefined) {
    terms.push('state = $state')
    values.state = filter.state
  }
  const where = `WHERE ${terms.join(' AND ')}`
  return db.all(runRow, `SELECT ${columns} FROM run ${where} ORDER BY created_at DESC, id DESC`, values)
}

/**
 * A run by its id, its name (with its number, if it has one), or the beginning or end of its id if only one run has it.
 * @throws Failure `run-unknown`, `run-ambiguous`, `run-removed`
 */
export function findRun(db: Database, text: string): Run {
  const exact = db.get(runRow, `SELECT ${columns} FROM run WHERE id = $text AND ${isThere}`, { text })
  if (exact) return exact
  if (runById(db, text)) throw new Failure('run-removed', { run: text })
  const matches = db.all(
    runRow,
    `SELECT ${columns} FROM run
     WHERE ${isThere} AND (iif(number = 1, name, name || ' (' || number || ')') = $text OR ($text <> '' AND (substr(id, 1, length($text)) = $text OR substr(id, -length($text)) = $text)))
     ORDER BY created_at DESC LIMIT 6`,
    { text },
  )
  const [only, ...others] = matches
  if (only && others.length === 0) return only
  if (only) {
    throw new Failure('run-ambiguous', { run: text, runs: matches.map((run) => run.id) })
  }
  const newest = listRuns(db)
    .slice(0, 5)
    .map((run) => run.id)
  throw newest.length > 0
    ? new Failure('run-unknown', { run: text, newest })
    : new Failure('run-unknown', { case: 'none', run: text })
}

/** Stores the progress of a training; `losses` has the last value of each loss, by name. */
export function updateProgress(
  db: Database,
  id: Id,
  progress: { stepsDone: number; stepsTotal?: number; seconds: number; losses: Record<string, number> },
): void {
  db.run(
    `UPDATE run SET steps_done = $stepsDone, steps_total = coalesce($stepsTotal, steps_total), seconds = $seconds,
       losses = $losses WHERE id = $id`,
    {
      id,
      stepsDone: progress.stepsDone,
      stepsTotal: progress.stepsTotal ?? null,
      seconds: progress.seconds,
      losses: toJson(lossesSchema, progress.losses),
    },
  )
}

/**
 * Moves a run to another state. Each start of training after the first counts as a resumption.
 * @throws Failure `run-state` where the new state cannot follow the present one
 */
export function setRunState(db: Database, id: Id, state: RunState, failure: FailureInfo | null = null): Run {
  return db.transaction(() => {
    const run = findRun(db, id)
    if (!successors[run.state].includes(state)) {
      throw new Failure('run-state', {
        case: run.state === 'trained' ? 'trained' : 'changed',
        run: id,
        state: run.state,
        next: state,
      })
    }
    const isStart = state === 'training'
    const isEnd = state === 'trained' || state === 'failed' || state === 'cancelled'
    db.run(
      `UPDATE run SET state = $state, failure = $failure,
         started_at = CASE WHEN $isStart THEN coalesce(started_at, $now) ELSE started_at END,
         resumed_count = resumed_count + ($isStart AND started_at IS NOT NULL AND state <> 'paused'),
         finished_at = CASE WHEN $isEnd THEN $now ELSE NULL END
       WHERE id = $id`,
      {
        id,
        state,
        failure: toJsonOrNull(failureInfoSchema, failure),
        isStart: isStart ? 1 : 0,
        isEnd: isEnd ? 1 : 0,
        now: db.now(),
      },
    )
    if (state === 'trained') keepRunFiles(db, id)
    recordTraining(db, run, state, failure)
    return findRun(db, id)
  })
}

/** Records the start or end of a training in the audit. A pause does not count as an end, nor its end as a start. */
function recordTraining(db: Database, run: Run, state: RunState, failure: FailureInfo | null): void {
  if (state === 'queued' || state === 'paused' || (state === 'training' && run.state === 'paused')) return
  const { model, preset, seed, stepsDone, result } = run
  const about = { run: run.id, dataset: datasetById(db, run.datasetId)?.name ?? null }
  if (state === 'training') {
    const detail = { model, preset, seed, fromStep: stepsDone }
    recordAudit(db, { ...about, action: 'training.started', detail })
    return
  }
  recordAudit(db, {
    ...about,
    action: 'training.ended',
    detail: {
      state,
      steps: stepsDone,
      weightsSha256: result?.weightsSha256 ?? null,
      failure: failure?.code ?? null,
    },
  })
}

/** Stores what training reported at its end. */
export function setRunResult(db: Database, id: Id, result: RunResult): void {
  db.run('UPDATE run SET result = $result WHERE id = $id', { id, result: toJson(runResultSchema, result) })
}

/** Puts the scale of features that the training chose in place of `auto`, so that the configuration says all of it. */
export function setFeatureScale(db: Database, id: Id, scale: number): void {
  db.run(`UPDATE run SET config = json_set(config, '$.featureScale', $scale) WHERE id = $id`, { id, scale })
}

/** Stores the scores of the normal validation images, from which percentiles are computed. */
export function setCalibration(db: Database, id: Id, calibration: RunCalibration): void {
  db.run('UPDATE run SET calibration = $calibration WHERE id = $id', {
    id,
    calibration: toJson(runCalibrationSchema, calibration),
  })
}

/** Where another run of the dataset has the name already, a number behind it tells them apart. */
export function renameRun(db: Database, id: Id, name: string | null): void {
  db.transaction(() => {
    if (findRun(db, id).name === name) return
    db.run('UPDATE run SET name = $name WHERE id = $id', { id, name })
    numberRun(db, id)
  })
}

/** Adds points of curves; a step that a resumed run repeats replaces its point. */
export function addMetrics(db: Database, runId: Id, points: readonly RunMetric[]): void {
  db.transaction(() => {
    for (const point of points) {
      db.run(
        `INSERT INTO run_metric (run_id, phase, name, step, value) VALUES ($runId, $phase, $name, $step, $value)
         ON CONFLICT (run_id, phase, name, step) DO UPDATE SET value = excluded.value`,
        { runId, phase: point.phase, name: point.name, step: point.step, value: point.value },
      )
    }
  })
}

/** Points of a run's curves after a step, by phase, name and step. */
export const metricsOf = (db: Database, runId: Id, afterStep = -1): RunMetric[] =>
  db.all(
    runMetricSchema,
    `SELECT phase, name, step, value FROM run_metric WHERE run_id = $runId AND step > $afterStep
     ORDER BY phase, name, step`,
    { runId, afterStep },
  )
