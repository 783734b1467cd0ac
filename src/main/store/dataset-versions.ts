/** Versions of a dataset's training images. A version is written completely and never changed. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type DatasetVersion, datasetVersionSchema } from '../../shared/curation.ts'
import { Failure } from '../../shared/failure.ts'
import { type Id, type ImageId, imageIdSchema, type Sha256 } from '../../shared/values.ts'
import type { Database } from './database.ts'
import { newId } from './ids.ts'

const columns = `version.id, version.dataset_id AS datasetId, version.number, version.parent_id AS parentId,
  version.created_at AS createdAt, operator.name AS operator, version.reason, version.images, version.sha256`
const from = 'FROM dataset_version AS version LEFT JOIN operator ON operator.id = version.operator_id'

export interface NewVersion {
  datasetId: Id
  parentId: Id | null
  operatorId: number | null
  reason: string
  images: readonly { id: ImageId; sha256: Sha256 }[]
}

/** SHA-256 over the sorted hashes of pictures. */
export function digestOfImages(images: readonly { sha256: Sha256 }[]): Sha256 {
  const sorted = images.map(({ sha256 }) => sha256).sort()
  return createHash('sha256').update(sorted.join('\n')).digest('hex')
}

/** @throws Failure `version-empty` */
export function createVersion(db: Database, values: NewVersion): DatasetVersion {
  const { datasetId, parentId, operatorId, reason, images } = values
  if (images.length === 0) {
    throw new Failure('version-empty')
  }
  return db.transaction(() => {
    const id = newId(db.now())
    const number = (listVersions(db, datasetId)[0]?.number ?? 0) + 1
    db.run(
      `INSERT INTO dataset_version (id, dataset_id, number, parent_id, created_at, operator_id, reason, images, sha256)
       VALUES ($id, $datasetId, $number, $parentId, $now, $operatorId, $reason, $images, $sha256)`,
      {
        id,
        datasetId,
        number,
        parentId,
        now: db.now(),
        operatorId,
        reason,
        images: images.length,
        sha256: digestOfImages(images),
      },
    )
    for (const image of images) {
      db.run('INSERT INTO dataset_version_image (version_id, image_id) VALUES ($id, $image)', {
        id,
        image: image.id,
      })
    }
    return versionById(db, id)
  })
}

function versionById(db: Database, id: Id): DatasetVersion {
  const found = db.get(datasetVersionSchema, `SELECT ${columns} ${from} WHERE version.id = $id`, { id })
  if (found) return found
  throw new Failure('version-unknown', { version: id })
}

/** Newest first. */
export const listVersions = (db: Database, datasetId: Id): DatasetVersion[] =>
  db.all(
    datasetVersionSchema,
    `SELECT ${columns} ${from} WHERE version.dataset_id = $datasetId ORDER BY version.number DESC`,
    { datasetId },
  )

/** @throws Failure `version-unknown`, which lists the existing versions */
export function findVersion(db: Database, datasetId: Id, number: number): DatasetVersion {
  const versions = listVersions(db, datasetId)
  const found = versions.find((version) => version.number === number)
  if (found) return found
  const known = versions.map((version) => version.number).reverse()
  throw known.length > 0
    ? new Failure('version-unknown', { case: 'number', version: number, known })
    : new Failure('version-unknown', { case: 'none', version: number })
}

/** Ids of the images of a version, ascending. */
export const imagesOfVersion = (db: Database, versionId: Id): ImageId[] =>
  db
    .all(
      z.object({ id: imageIdSchema }),
      'SELECT image_id AS id FROM dataset_version_image WHERE version_id = $versionId ORDER BY image_id',
      { versionId },
    )
    .map(({ id }) => id)

const retrainingSchema = z.object({ version: datasetVersionSchema, start: z.enum(['warm', 'beginning']) })
export type Retraining = z.infer<typeof retrainingSchema>

/** The version that a run learned from, and how it began; null for a run that learned from a training split. */
export function retrainingOf(db: Database, runId: Id): Retraining | null {
  const row = db.get(
    z.object({ versionId: z.string(), start: retrainingSchema.shape.start }),
    'SELECT version_id AS versionId, start FROM retraining WHERE run_id = $runId',
    { runId },
  )
  return row === undefined ? null : { version: versionById(db, row.versionId), start: row.start }
}

export function recordRetraining(
  db: Database,
  values: { runId: Id; versionId: Id; start: Retraining['start'] },
): void {
  db.run('INSERT INTO retraining (run_id, version_id, start) VALUES ($runId, $versionId, $start)', values)
}
