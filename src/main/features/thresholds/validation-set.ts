/**
 * Reads the labeled validation images of a run, with what scoring stored of them, into typed arrays: everything on
 * which a threshold may be chosen. This file cannot read another split.
 */

import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { AuditAction } from '../../../shared/audit.ts'
import { elementAt } from '../../../shared/element-at.ts'
import { Failure } from '../../../shared/failure.ts'
import { labelSchema } from '../../../shared/image.ts'
import type { Run } from '../../../shared/run.ts'
import { imageIdSchema } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { countRow, float32Blob } from '../../store/row.ts'
import { flaggedRegionLevels } from '../scoring/flagged-region-profile.ts'
import type { ValidationSet } from './validation-arrays.ts'

const scoredRow = z.object({
  id: imageIdSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  tiles: z.int(),
  components: float32Blob,
  hasMap: z.int(),
  areas: z.instanceof(Uint8Array).nullable(),
})

/** Selects the scored, labeled validation images of the run's own dataset. The split is fixed here. */
const validationScores = `
  FROM image JOIN score ON score.image_id = image.id AND score.run_id = $run
  WHERE image.dataset_id = $dataset AND image.split = 'validation' AND image.removed_at IS NULL
    AND image.label <> 'unlabeled'`

/** Actions of the audit that may have changed a validation set. */
const changing = [
  'import.images',
  'import.ended',
  'image.labeled',
  'image.moved',
  'image.removed',
  'image.restored',
  'scoring.stored',
] as const satisfies readonly AuditAction[]

const newestSql = changing
  .map((action) => `(SELECT max(id) FROM audit WHERE action = '${action}')`)
  .join(" || ' ' || ")

/**
 * A fingerprint that changes whenever reading the validation set again could give another one. It is computed at each
 * step of a drag and costs very little, because every import, label and score is in the audit.
 */
export function validationFingerprint(db: Database, run: Run): string {
  const found = db.get(
    z.object({ newest: z.string() }),
    `SELECT ${newestSql.replaceAll('max(id)', 'coalesce(max(id), 0)')} AS newest`,
  )
  return JSON.stringify([run.id, run.components, found])
}

/** The number of images of a set whose flagged regions have been measured by now. */
export const countMeasuredMaps = (db: Database, set: ValidationSet): number => {
  const measured = new Set(
    db
      .all(
        z.object({ id: imageIdSchema }),
        `SELECT image_id AS id FROM region_profile JOIN score USING (run_id, image_id)
         WHERE run_id = $run AND region_profile.scored_at = score.scored_at`,
        { run: set.runId },
      )
      .map(({ id }) => id),
  )
  return set.ids.reduce((sum, id) => sum + (measured.has(id) ? 1 : 0), 0)
}

/** @throws Failure `no-validation`, `validation-not-scored` */
export function readValidationSet(db: Database, run: Run): ValidationSet {
  const values = { run: run.id, dataset: run.datasetId }
  const count = (sql: string): number => db.get(countRow, sql, values)?.n ?? 0
  const present = `FROM image WHERE dataset_id = $dataset AND $run IS NOT NULL AND split = 'validation'
    AND removed_at IS NULL`
  const unlabeled = count(`SELECT count(*) AS n ${present} AND label = 'unlabeled'`)
  const labeled = count(`SELECT count(*) AS n ${present} AND label <> 'unlabeled'`)
  if (labeled === 0) {
    throw new Failure('no-validation', { run: run.id })
  }
  const sizes = z.object({ images: z.int(), tiles: z.int() })
  const size = db.get(
    sizes,
    `SELECT count(*) AS images, coalesce(sum(score.tiles), 0) AS tiles ${validationScores}`,
    values,
  ) ?? { images: 0, tiles: 0 }
  if (size.images === 0) {
    throw new Failure('validation-not-scored', { run: run.id })
  }
  const names = run.components ?? []
  const set = emptySet(run.id, names, size)
  const typeNames: string[] = []
  const digest = createHash('sha256')
  let at = 0
  let tile = 0
  const rows = db.iterate(
    scoredRow,
    `SELECT image.id, image.label, image.defect_type AS defectType, score.tiles, score.components,
       score.map_file IS NOT NULL AS hasMap,
       (SELECT areas FROM region_profile AS p WHERE p.run_id = score.run_id AND p.image_id = image.id
          AND p.scored_at = score.scored_at) AS areas
     ${validationScores} ORDER BY image.id`,
    values,
  )
  for (const { id, label, defectType, tiles, components, hasMap, areas } of rows) {
    const anomalous = label === 'anomalous'
    const type = defectType ?? 'other'
    set.ids[at] = id
    set.labels[at] = anomalous ? 1 : 0
    set.types[at] = -1
    if (anomalous) {
      set.anomalous++
      if (!typeNames.includes(type)) typeNames.push(type)
      set.types[at] = typeNames.indexOf(type)
    } else set.normal++
    set.components.set(components, tile * names.length)
    set.firstTile[at] = tile
    set.hasMap[at] = hasMap
    if (areas !== null && areas.byteLength === 4 * flaggedRegionLevels.length) {
      set.areas.set(new Uint32Array(Uint8Array.from(areas).buffer), at * flaggedRegionLevels.length)
      set.profiled++
    }
    digest.update(`${id} ${label} ${anomalous ? type : ''}\n`)
    tile += tiles
    at++
  }
  set.firstTile[at] = tile
  const order = [...typeNames].sort()
  for (let i = 0; i < set.types.length; i++) {
    const place = elementAt(set.types, i, 'Defect types of images')
    if (place >= 0) set.types[i] = order.indexOf(elementAt(typeNames, place, 'Defect types'))
  }
  return { ...set, defectTypes: order, unlabeled, missing: labeled - at, hash: digest.digest('hex') }
}

function emptySet(
  runId: string,
  names: readonly string[],
  size: { images: number; tiles: number },
): Omit<ValidationSet, 'defectTypes' | 'unlabeled' | 'missing' | 'hash'> {
  return {
    runId,
    names,
    ids: new Int32Array(size.images),
    labels: new Uint8Array(size.images),
    types: new Int16Array(size.images),
    firstTile: new Int32Array(size.images + 1),
    components: new Float32Array(size.tiles * names.length),
    hasMap: new Uint8Array(size.images),
    areas: new Uint32Array(size.images * flaggedRegionLevels.length).fill(0xffff_ffff),
    profiled: 0,
    normal: 0,
    anomalous: 0,
  }
}
