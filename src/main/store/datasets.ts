import { z } from 'zod'
import {
  type Dataset,
  type DatasetSummary,
  datasetNameSchema,
  datasetSchema,
  type SplitCounts,
} from '../../shared/dataset.ts'
import { Failure } from '../../shared/failure.ts'
import { type Layout, labelSchema, splitSchema } from '../../shared/image.ts'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { validationFrozenAt } from './frozen.ts'
import { newId } from './ids.ts'
import { flag, toFlag } from './row.ts'

const columns = 'id, name, created_at AS createdAt, layout, source, has_direction AS hasDirection'
const datasetRow = datasetSchema.extend({ hasDirection: flag })

/** @throws Failure `dataset-name-invalid` */
function checkedName(name: string): string {
  const parsed = datasetNameSchema.safeParse(name)
  if (parsed.success) return parsed.data
  throw new Failure('dataset-name-invalid', { name })
}

export function createDataset(
  db: Database,
  values: { name: string; layout: Layout; source: string; hasDirection?: boolean },
): Dataset {
  const dataset: Dataset = {
    id: newId(db.now()),
    name: checkedName(values.name),
    createdAt: db.now(),
    layout: values.layout,
    source: values.source,
    hasDirection: values.hasDirection ?? false,
  }
  db.transaction(() => {
    if (datasetByName(db, dataset.name)) {
      throw new Failure('dataset-exists', { dataset: dataset.name })
    }
    db.run(
      `INSERT INTO dataset (id, name, created_at, layout, source, has_direction)
       VALUES ($id, $name, $createdAt, $layout, $source, $hasDirection)`,
      { ...dataset, hasDirection: toFlag(dataset.hasDirection) },
    )
  })
  return dataset
}

/** Finds a dataset by its name, ignoring case; not one that was deleted. */
export const datasetByName = (db: Database, name: string): Dataset | undefined =>
  db.get(datasetRow, `SELECT ${columns} FROM dataset WHERE name = $name AND removed_at IS NULL`, {
    name: name.trim(),
  })

/** Also one that was deleted: what was done with it still names it. */
export const datasetById = (db: Database, id: Id): Dataset | undefined =>
  db.get(datasetRow, `SELECT ${columns} FROM dataset WHERE id = $id`, { id })

export const listDatasets = (db: Database): Dataset[] =>
  db.all(datasetRow, `SELECT ${columns} FROM dataset WHERE removed_at IS NULL ORDER BY created_at, id`)

/**
 * A dataset by its name or id.
 * @throws Failure `dataset-unknown`, which lists the existing datasets; `dataset-removed`
 */
export function findDataset(db: Database, nameOrId: string): Dataset {
  const found = datasetByName(db, nameOrId) ?? datasetById(db, nameOrId)
  if (found && isRemoved(db, found.id)) throw new Failure('dataset-removed', { dataset: nameOrId })
  if (found) return found
  const names = listDatasets(db).map((dataset) => `"${dataset.name}"`)
  throw names.length > 0
    ? new Failure('dataset-unknown', { dataset: nameOrId, names: names.slice(0, 20) })
    : new Failure('dataset-unknown', { case: 'none', dataset: nameOrId })
}

const isRemoved = (db: Database, id: Id): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM dataset WHERE id = $id AND removed_at > 0', { id }) !== undefined

/**
 * Deletes a dataset that has never held an image, with the rows of its imports, which brought none; the audit still
 * records them.
 */
export function removeEmptyDataset(db: Database, id: Id): void {
  db.transaction(() => {
    const image = db.get(z.object({}), 'SELECT 1 FROM image WHERE dataset_id = $id LIMIT 1', { id })
    if (image !== undefined) return
    for (const table of ['defect_type', 'sample_range', 'import'])
      db.run(`DELETE FROM ${table} WHERE dataset_id = $id`, { id })
    db.run('DELETE FROM dataset WHERE id = $id', { id })
  })
}

export function renameDataset(db: Database, id: Id, name: string, operator: string | null = null): void {
  const checked = checkedName(name)
  db.transaction(() => {
    const other = datasetByName(db, checked)
    if (other && other.id !== id) {
      throw new Failure('dataset-exists', { dataset: checked })
    }
    const before = datasetById(db, id)?.name
    if (before === checked) return
    db.run('UPDATE dataset SET name = $name WHERE id = $id', { id, name: checked })
    recordAudit(db, {
      action: 'dataset.renamed',
      operator,
      dataset: checked,
      detail: { from: before ?? null },
    })
  })
}

/** Sets whether parts have a direction; the images of such a part are not flipped in training. */
export function setHasDirection(db: Database, id: Id, hasDirection: boolean): void {
  db.run('UPDATE dataset SET has_direction = $flag WHERE id = $id', { id, flag: toFlag(hasDirection) })
}

/** How many images each split holds, without removed ones. */
export function splitCounts(db: Database, datasetId: Id): SplitCounts {
  const counts: SplitCounts = { train: 0, validation: 0, test: 0, live: 0 }
  const rows = db.all(
    z.object({ split: splitSchema, n: z.int() }),
    `SELECT split, count(*) AS n FROM image
     WHERE dataset_id = $datasetId AND removed_at IS NULL GROUP BY split`,
    { datasetId },
  )
  for (const { split, n } of rows) counts[split] = n
  return counts
}

export function datasetSummary(db: Database, dataset: Dataset): DatasetSummary {
  const values = { datasetId: dataset.id }
  const present = 'dataset_id = $datasetId AND removed_at IS NULL'
  const labels = { normal: 0, anomalous: 0, unlabeled: 0 }
  for (const { label, n } of db.all(
    z.object({ label: labelSchema, n: z.int() }),
    `SELECT label, count(*) AS n FROM image WHERE ${present} GROUP BY label`,
    values,
  )) {
    labels[label] = n
  }
  const whole = db.get(
    z.object({ images: z.int(), masks: z.int(), channels: z.union([z.literal(1), z.literal(3)]).nullable() }),
    `SELECT count(*) AS images, count(mask_sha256) AS masks, max(channels) AS channels
     FROM image WHERE ${present}`,
    values,
  )
  const removed = db.get(
    z.object({ removed: z.int() }),
    'SELECT count(*) AS removed FROM image WHERE dataset_id = $datasetId AND removed_at > 0',
    values,
  )
  const defectTypes = db.all(
    z.object({ defectType: z.string(), images: z.int() }),
    `SELECT defect_type AS defectType, count(*) AS images FROM image
     WHERE ${present} AND defect_type IS NOT NULL GROUP BY defect_type ORDER BY defect_type`,
    values,
  )
  return {
    ...dataset,
    images: whole?.images ?? 0,
    masks: whole?.masks ?? 0,
    removed: removed?.removed ?? 0,
    validationFrozenAt: validationFrozenAt(db, dataset.id),
    channels: whole?.channels ?? null,
    splits: splitCounts(db, dataset.id),
    labels,
    defectTypes,
  }
}

export const datasetSummaries = (db: Database): DatasetSummary[] =>
  listDatasets(db).map((dataset) => datasetSummary(db, dataset))
