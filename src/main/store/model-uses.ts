/** The history of the model in use of each dataset: which run, since when and why. Rows are only ever added. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type Gate, gateSchema, type ModelInUse, type ModelUse, modelUseSchema } from '../../shared/model.ts'
import type { Id } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { activePoint } from './operating-points.ts'
import { jsonText, toJsonOrNull } from './row.ts'

const useRow = modelUseSchema.extend({ gate: jsonText(gateSchema).nullable() })
const select = `SELECT model_use.id, model_use.dataset_id AS datasetId, model_use.run_id AS runId, model_use.action,
  operator.name AS operator, model_use.since, model_use.reason, model_use.gate
  FROM model_use LEFT JOIN operator ON operator.id = model_use.operator_id`

export interface NewModelUse {
  datasetId: Id
  runId: Id
  action: ModelUse['action']
  operatorId: number | null
  reason: string | null
  gate: Gate | null
}

export function recordModelUse(db: Database, values: NewModelUse): ModelUse {
  const { gate, ...rest } = values
  db.run(
    `INSERT INTO model_use (dataset_id, run_id, action, operator_id, since, reason, gate)
     VALUES ($datasetId, $runId, $action, $operatorId, $now, $reason, $gate)`,
    { ...rest, gate: toJsonOrNull(gateSchema, gate), now: db.now() },
  )
  const [made] = modelHistory(db, values.datasetId)
  if (made) return made
  throw new Error('The model in use was not recorded.')
}

/** Newest first. */
export const modelHistory = (db: Database, datasetId: Id): ModelUse[] =>
  db.all(useRow, `${select} WHERE model_use.dataset_id = $datasetId ORDER BY model_use.id DESC`, {
    datasetId,
  })

/** The run in use for a dataset, or null. */
export const modelInUse = (db: Database, datasetId: Id): ModelUse | null =>
  db.get(useRow, `${select} WHERE model_use.dataset_id = $datasetId ORDER BY model_use.id DESC LIMIT 1`, {
    datasetId,
  }) ?? null

/** The present model of every dataset that has one. */
export const modelsInUse = (db: Database): ModelUse[] =>
  db
    .all(
      z.object({ id: z.string() }),
      `SELECT DISTINCT dataset_id AS id FROM model_use JOIN dataset ON dataset.id = dataset_id
       WHERE dataset.removed_at IS NULL`,
      {},
    )
    .flatMap(({ id }) => modelInUse(db, id) ?? [])

/** As `modelsInUse`, each with its operating point and the run to which a rollback would return. */
export const modelsWithPoints = (db: Database): ModelInUse[] =>
  modelsInUse(db).map((use) => {
    const point = activePoint(db, use.runId)
    return {
      ...use,
      before: runBefore(modelHistory(db, use.datasetId)),
      point: point && { id: point.id, name: point.name, version: point.version, threshold: point.threshold },
    }
  })

/**
 * The run that was in use before the present one and was not itself taken back: a rollback undoes the promotion
 * that stands, and a second one the promotion before it.
 */
export function runBefore(history: readonly ModelUse[]): Id | null {
  const standing: Id[] = []
  for (const { action, runId } of [...history].reverse()) {
    if (action === 'promote') standing.push(runId)
    else standing.pop()
  }
  return standing.at(-2) ?? null
}

/** @throws Failure `nothing-to-roll-back` */
export function runToRollBackTo(history: readonly ModelUse[]): Id {
  const before = runBefore(history)
  if (before !== null) return before
  throw new Failure('nothing-to-roll-back')
}
