/** Operating points: named thresholds. A point is never changed; a new setting is the next version of the name. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type OperatingPoint, operatingPointSchema } from '../../shared/threshold.ts'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findOrMakeOperator } from './operators.ts'
import { jsonText, toJson } from './row.ts'

const shape = operatingPointSchema.shape
const pointRow = operatingPointSchema
  .omit({ regions: true, interval: true })
  .extend({
    leastArea: z.int().nullable(),
    leastStrength: z.number().nullable(),
    intervalLow: z.number().nullable(),
    intervalHigh: z.number().nullable(),
    validation: jsonText(shape.validation),
    figures: jsonText(shape.figures),
  })
  .transform(({ leastArea, leastStrength, intervalLow, intervalHigh, ...point }) => ({
    ...point,
    regions: leastArea === null || leastStrength === null ? null : { leastArea, leastStrength },
    interval: intervalLow === null || intervalHigh === null ? null : { low: intervalLow, high: intervalHigh },
  }))

const source = `SELECT point.id, point.run_id AS run, point.name, point.version, point.score, point.k, point.reduction,
    point.threshold, point.least_area AS leastArea, point.least_strength AS leastStrength, point.target,
    point.interval_low AS intervalLow, point.interval_high AS intervalHigh, point.validation, point.figures,
    operator.name AS operator, point.reason, point.created_at AS createdAt
  FROM operating_point AS point JOIN operator ON operator.id = point.operator_id`

/** @throws Failure `point-unknown` */
export function findPoint(db: Database, id: number): OperatingPoint {
  const point = db.get(pointRow, `${source} WHERE point.id = $id`, { id })
  if (point) return point
  throw new Failure('point-unknown', { point: id })
}

/** Newest first. */
export const listPoints = (db: Database, run: Id): OperatingPoint[] =>
  db.all(pointRow, `${source} WHERE point.run_id = $run ORDER BY point.id DESC`, { run })

/** The id of the operating point in use, which gives a run's verdicts. */
export const activePointId = (db: Database, run: Id): number | null =>
  db.get(
    z.object({ id: z.int() }),
    'SELECT point_id AS id FROM operating_point_use WHERE run_id = $run ORDER BY id DESC LIMIT 1',
    { run },
  )?.id ?? null

/** The operating point in use, which gives a run's verdicts; null where none was set. */
export const activePoint = (db: Database, run: Id): OperatingPoint | null =>
  db.get(
    pointRow,
    `${source} WHERE point.id =
       (SELECT point_id FROM operating_point_use WHERE run_id = $run ORDER BY id DESC LIMIT 1)`,
    { run },
  ) ?? null

export type NewPoint = Omit<OperatingPoint, 'id' | 'version' | 'createdAt'>

/**
 * Stores a point as the next version of its name, and puts it into use. A new operator's name is added to the
 * operators.
 *
 * @throws Failure `reason-missing`, `point-name-invalid`, `operator-name-invalid`
 */
export function savePoint(db: Database, values: NewPoint): OperatingPoint {
  const name = values.name.trim()
  if (name === '' || name.length > 100) {
    throw new Failure('point-name-invalid')
  }
  return db.transaction(() => {
    const { regions, interval, validation, figures, operator, reason, run, ...rest } = values
    const { id: operatorId, name: operatorName } = findOrMakeOperator(db, operator)
    const version =
      (db.get(
        z.object({ version: z.int().nullable() }),
        'SELECT max(version) AS version FROM operating_point WHERE run_id = $run AND name = $name',
        { run, name },
      )?.version ?? 0) + 1
    const { lastId } = db.run(
      `INSERT INTO operating_point (run_id, name, version, score, k, reduction, threshold, least_area,
         least_strength, target, interval_low, interval_high, validation, figures, operator_id, reason, created_at)
       VALUES ($run, $name, $version, $score, $k, $reduction, $threshold, $leastArea, $leastStrength, $target, $low,
         $high, $validation, $figures, $operatorId, $reason, $now)`,
      {
        ...rest,
        run,
        name,
        version,
        leastArea: regions?.leastArea ?? null,
        leastStrength: regions?.leastStrength ?? null,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
        validation: toJson(shape.validation, validation),
        figures: toJson(shape.figures, figures),
        operatorId,
        reason: givenReason(reason),
        now: db.now(),
      },
    )
    recordAudit(db, {
      action: 'threshold.set',
      operator: operatorName,
      run,
      detail: {
        point: lastId,
        name,
        version,
        score: rest.score,
        k: rest.k,
        reduction: rest.reduction,
        threshold: rest.threshold,
        regions,
        target: rest.target,
        validation,
        reason,
      },
    })
    usePoint(db, { point: lastId, operator, reason })
    return findPoint(db, lastId)
  })
}

/**
 * Puts an existing point into use.
 * @throws Failure `point-unknown`, `reason-missing`
 */
export function usePoint(
  db: Database,
  values: { point: number; operator: string; reason: string },
): OperatingPoint {
  return db.transaction(() => {
    const point = findPoint(db, values.point)
    const { id: operatorId, name: operator } = findOrMakeOperator(db, values.operator)
    const reason = givenReason(values.reason)
    db.run(
      `INSERT INTO operating_point_use (run_id, point_id, operator_id, reason, used_at)
       VALUES ($run, $point, $operatorId, $reason, $now)`,
      { run: point.run, point: point.id, operatorId, reason, now: db.now() },
    )
    recordAudit(db, {
      action: 'threshold.used',
      operator,
      run: point.run,
      detail: { point: point.id, name: point.name, version: point.version, reason },
    })
    return point
  })
}

function givenReason(reason: string): string {
  const given = reason.trim()
  if (given !== '') return given
  throw new Failure('reason-missing')
}
