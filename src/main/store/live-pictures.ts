/**
 * Pictures of live parts that may be deleted to save space. A picture that a person or a training refers to stays for
 * ever: one that was decided on, labeled, drawn on, moved to another split or included in a curated version. Reports
 * show only labeled and decided parts, and contain their pictures.
 */
import { z } from 'zod'
import { imageFormatSchema } from '../../shared/image.ts'
import { type ImageId, imageIdSchema, sha256Schema } from '../../shared/values.ts'
import type { Database } from './database.ts'

const clearableRow = z.object({
  image: imageIdSchema,
  sha256: sha256Schema,
  format: imageFormatSchema,
  bytes: z.int(),
})
export type ClearablePicture = z.output<typeof clearableRow>

/** A range of image ids, both ends included; small enough to be searched without blocking. */
export interface ImageRange {
  first: ImageId
  last: ImageId
}
const rangeLength = 1000
const endsRow = z.object({ first: z.int().nullable(), last: z.int().nullable() })

/** Ranges that cover the images of all live parts, the oldest first. */
export function* imageRanges(db: Database): Generator<ImageRange> {
  const { first, last } = db.get(
    endsRow,
    'SELECT min(image_id) AS first, max(image_id) AS last FROM live_part WHERE image_id IS NOT NULL',
  ) ?? { first: null, last: null }
  if (first === null || last === null) return
  for (let at = first; at <= last; at += rangeLength) {
    yield { first: at, last: Math.min(last, at + rangeLength - 1) }
  }
}

const live = `image.id BETWEEN $first AND $last AND image.removed_at IS NULL AND blob.discarded_at IS NULL
  AND image.dataset_id IN (SELECT dataset_id FROM live_watch)
  AND EXISTS (SELECT 1 FROM live_part WHERE live_part.image_id = image.id)`

const unreferred = `image.split = 'live' AND image.label = 'unlabeled' AND image.mask_sha256 IS NULL
  AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.image_id = image.id)
  AND NOT EXISTS (SELECT 1 FROM annotation WHERE annotation.image_id = image.id)
  AND NOT EXISTS (SELECT 1 FROM dataset_version_image AS kept WHERE kept.image_id = image.id)
  AND NOT EXISTS (SELECT 1 FROM image AS same WHERE same.sha256 = image.sha256 AND same.id <> image.id)`

/**
 * Condition: every part with this image was judged before the time, written to the results and recorded in the
 * audit, and was seen where it was flagged.
 */
const done = `NOT EXISTS (SELECT 1 FROM live_part WHERE live_part.image_id = image.id
  AND (verdict IS NULL OR written_at IS NULL OR audit_id IS NULL OR judged_at >= $before
    OR (verdict = 'flagged' AND seen_at IS NULL)))`

const wasFlagged = `EXISTS (SELECT 1 FROM live_part WHERE live_part.image_id = image.id AND verdict = 'flagged')`

/**
 * The oldest pictures of a range that may be deleted, of flagged parts or of the others.
 * @param before milliseconds; pictures of parts judged later stay
 */
export const clearablePictures = (
  db: Database,
  { first, last }: ImageRange,
  { flagged, before, limit }: { flagged: boolean; before: number; limit: number },
): ClearablePicture[] =>
  db.all(
    clearableRow,
    `SELECT image.id AS image, image.sha256, blob.format, blob.bytes
     FROM image JOIN blob ON blob.sha256 = image.sha256
     WHERE ${live} AND ${unreferred} AND ${done} AND ${flagged ? '' : 'NOT '}${wasFlagged}
     ORDER BY image.id LIMIT $limit`,
    { first, last, before, limit },
  )

/** The size of the photographs of live parts in a range, in bytes. */
export const livePictureBytes = (db: Database, { first, last }: ImageRange): number =>
  db.get(
    z.object({ bytes: z.int() }),
    `SELECT coalesce(sum(blob.bytes), 0) AS bytes FROM image JOIN blob ON blob.sha256 = image.sha256 WHERE ${live}`,
    { first, last },
  )?.bytes ?? 0

const filesRow = z.object({ map: z.string().nullable(), reconstruction: z.string().nullable() })

/**
 * Records that the pictures of an image were deleted: the image is removed from its dataset, its scores and verdicts
 * stay.
 * @returns its heat maps and reconstructions, relative to the workspace
 */
export function markCleared(db: Database, { image, sha256 }: ClearablePicture): string[] {
  const values = { image }
  const files = db.all(
    filesRow,
    'SELECT map_file AS map, reconstruction_file AS reconstruction FROM score WHERE image_id = $image',
    values,
  )
  db.run('UPDATE image SET removed_at = $now WHERE id = $image', { image, now: db.now() })
  db.run('UPDATE blob SET discarded_at = $now WHERE sha256 = $sha256', { sha256, now: db.now() })
  db.run(
    `UPDATE score SET map_file = NULL, map_scale = NULL, map_width = NULL, map_height = NULL,
       reconstruction_file = NULL WHERE image_id = $image`,
    values,
  )
  db.run('DELETE FROM region_profile WHERE image_id = $image', values)
  return files.flatMap(({ map, reconstruction }) => [map, reconstruction].filter((file) => file !== null))
}

/** Whether the photograph of an image was deleted to save space. */
export const isCleared = (db: Database, sha256: string): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM blob WHERE sha256 = $sha256 AND discarded_at IS NOT NULL', {
    sha256,
  }) !== undefined

/** Records that a deleted photograph arrived again and is in the workspace. */
export function markBack(db: Database, image: ImageId): void {
  db.run('UPDATE image SET removed_at = NULL WHERE id = $image', { image })
}
