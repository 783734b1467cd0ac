import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import {
  type Image,
  type ImageFormat,
  imageFormatSchema,
  imageSchema,
  type Label,
  type Split,
} from '../../shared/image.ts'
import { cleanDefectType } from '../../shared/label.ts'
import { messageSchema } from '../../shared/messages/message.ts'
import type { Id, ImageId, Sha256 } from '../../shared/values.ts'
import type { GrayLevels } from '../images/gray-levels.ts'
import { allPages } from '../platform/long-work.ts'
import { recordAudit } from './audit.ts'
import type { Database, SqlValues } from './database.ts'
import { countRow, jsonText, toJson } from './row.ts'

const columns = `image.id, image.dataset_id AS datasetId, image.sha256, image.file, image.width, image.height,
  image.channels, image.bit_depth AS bitDepth, image.peak, blob.bytes, blob.format, image.split, image.label,
  image.defect_type AS defectType, image.mask_sha256 AS maskSha256, image.part_group AS partGroup,
  image.warnings, image.imported_at AS importedAt, image.removed_at AS removedAt`
const from = 'FROM image JOIN blob ON blob.sha256 = image.sha256'
const storedMessages = z.array(messageSchema)
const imageRow = imageSchema.extend({ warnings: jsonText(storedMessages) })

/** The row of a file that is completely in the blob store. */
export interface BlobRow {
  sha256: Sha256
  format: ImageFormat
  bytes: number
}

export function addBlob(db: Database, blob: BlobRow): void {
  db.run(
    `INSERT INTO blob (sha256, format, bytes, stored_at) VALUES ($sha256, $format, $bytes, $now)
     ON CONFLICT (sha256) DO UPDATE SET discarded_at = NULL`,
    { ...blob, now: db.now() },
  )
}

export const hasBlob = (db: Database, sha256: Sha256): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM blob WHERE sha256 = $sha256 AND discarded_at IS NULL', {
    sha256,
  }) !== undefined

export const blobFormat = (db: Database, sha256: Sha256): ImageFormat | undefined =>
  db.get(z.object({ format: imageFormatSchema }), 'SELECT format FROM blob WHERE sha256 = $sha256', {
    sha256,
  })?.format

export type NewImage = Omit<Image, 'id' | 'importedAt' | 'removedAt' | 'bytes' | 'format'> & {
  importId: Id
  /** What its values say; where it is left out, they are measured when they are needed. */
  gray?: GrayLevels
}

/** A folder can have a name that no defect type may have; stored is what every reader of defect types takes. */
const storedDefectType = (name: string | null): string | null =>
  name === null ? null : cleanDefectType(name)

/** Adds an image whose blob is already in the database. */
export function addImage(db: Database, { gray, ...image }: NewImage): ImageId {
  const { lastId } = db.run(
    `INSERT INTO image (dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label,
       defect_type, mask_sha256, part_group, warnings, import_id, imported_at,
       robust_peak, zero_bits, mean, sharpness)
     VALUES ($datasetId, $sha256, $file, $width, $height, $channels, $bitDepth, $peak, $split, $label,
       $defectType, $maskSha256, $partGroup, $warnings, $importId, $now,
       $robustPeak, $zeroBits, $mean, $sharpness)`,
    {
      ...image,
      defectType: storedDefectType(image.defectType),
      warnings: toJson(storedMessages, image.warnings),
      now: db.now(),
      robustPeak: gray?.robustPeak ?? null,
      zeroBits: gray?.zeroBits ?? null,
      mean: gray?.mean ?? null,
      sharpness: gray?.sharpness ?? null,
    },
  )
  return lastId
}

export const imageById = (db: Database, id: ImageId): Image | undefined =>
  db.get(imageRow, `SELECT ${columns} ${from} WHERE image.id = $id`, { id })

/** @throws Failure `image-unknown` */
export function findImage(db: Database, id: ImageId): Image {
  const image = imageById(db, id)
  if (image) return image
  throw new Failure('image-unknown', { image: id })
}

/** The image with these bytes, removed or not. */
export const imageByHash = (db: Database, datasetId: Id, sha256: Sha256): Image | undefined =>
  db.get(
    imageRow,
    `SELECT ${columns} ${from} WHERE image.dataset_id = $datasetId AND image.sha256 = $sha256`,
    {
      datasetId,
      sha256,
    },
  )

/** The images that were imported from this path; several where the content of the file has changed meanwhile. */
export const imagesByFile = (db: Database, datasetId: Id, file: string): Image[] =>
  db.all(
    imageRow,
    `SELECT ${columns} ${from} WHERE image.dataset_id = $datasetId AND image.file = $file ORDER BY image.id`,
    { datasetId, file },
  )

export interface ImageFilter {
  datasetId: Id
  split?: Split | undefined
  label?: Label | undefined
  defectType?: string | undefined
  /** Part of the file's path, ignoring case. */
  text?: string | undefined
  /** Only images that were imported after this one. */
  after?: ImageId | undefined
}

function where(filter: ImageFilter): { sql: string; values: SqlValues } {
  const terms = ['image.dataset_id = $datasetId', 'image.removed_at IS NULL']
  const values: SqlValues = { datasetId: filter.datasetId }
  if (filter.split !== undefined) {
    terms.push('image.split = $split')
    values.split = filter.split
  }
  if (filter.label !== undefined) {
    terms.push('image.label = $label')
    values.label = filter.label
  }
  if (filter.defectType !== undefined) {
    terms.push('image.defect_type = $defectType')
    values.defectType = filter.defectType
  }
  if (filter.after !== undefined) {
    terms.push('image.id > $after')
    values.after = filter.after
  }
  if (filter.text !== undefined && filter.text !== '') {
    terms.push("image.file LIKE $text ESCAPE '\\'")
    values.text = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
  }
  return { sql: `WHERE ${terms.join(' AND ')}`, values }
}

export function countImages(db: Database, filter: ImageFilter): number {
  const { sql, values } = where(filter)
  return db.get(countRow, `SELECT count(*) AS n FROM image ${sql}`, values)?.n ?? 0
}

/** A page of a dataset's images in the order of their import. */
export function listImages(
  db: Database,
  filter: ImageFilter,
  page: { offset: number; limit: number } = { offset: 0, limit: -1 },
): Image[] {
  const { sql, values } = where(filter)
  return db.all(imageRow, `SELECT ${columns} ${from} ${sql} ORDER BY image.id LIMIT $limit OFFSET $offset`, {
    ...values,
    ...page,
  })
}

/** As `listImages`, but all images, read in batches so that main is not blocked. */
export const listImagesInBatches = (db: Database, filter: ImageFilter): Promise<Image[]> =>
  allPages((after, limit) =>
    listImages(db, after === null ? filter : { ...filter, after: after.id }, { offset: 0, limit }),
  )

/** As `listImages`, but all images, one by one. */
export function iterateImages(db: Database, filter: ImageFilter): Generator<Image> {
  const { sql, values } = where(filter)
  return db.iterate(imageRow, `SELECT ${columns} ${from} ${sql} ORDER BY image.id`, values)
}

/** Removes an image from its dataset; its file, scores and decisions stay. */
export function removeImage(db: Database, id: ImageId, operator: string | null = null): void {
  db.transaction(() => {
    db.run('UPDATE image SET removed_at = $now WHERE id = $id AND removed_at IS NULL', { id, now: db.now() })
    recordAudit(db, { action: 'image.removed', operator, image: id })
  })
}

export function restoreImage(db: Database, id: ImageId, operator: string | null = null): void {
  db.transaction(() => {
    db.run('UPDATE image SET removed_at = NULL WHERE id = $id', { id })
    recordAudit(db, { action: 'image.restored', operator, image: id })
  })
}

export function setSplit(db: Database, id: ImageId, split: Split): void {
  db.run('UPDATE image SET split = $split WHERE id = $id', { id, split })
}

export function setLabel(
  db: Database,
  id: ImageId,
  label: Label,
  named: string | null,
  operator: string | null = null,
): void {
  const defectType = storedDefectType(named)
  db.transaction(() => {
    const before = imageById(db, id)
    db.run('UPDATE image SET label = $label, defect_type = $defectType WHERE id = $id', {
      id,
      label,
      defectType,
    })
    recordAudit(db, {
      action: 'image.labeled',
      operator,
      image: id,
      detail: { label, defectType, before: before?.label ?? null, typeBefore: before?.defectType ?? null },
    })
  })
}

export function setMask(db: Database, id: ImageId, maskSha256: Sha256 | null): void {
  db.run('UPDATE image SET mask_sha256 = $maskSha256 WHERE id = $id', { id, maskSha256 })
}
