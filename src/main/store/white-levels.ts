/** Which sample value is white in the 16-bit photographs of a dataset, and the measured values that say so. */
import { z } from 'zod'
import type { WhiteLevel } from '../../shared/gray-levels.ts'
import { type Id, type ImageId, imageIdSchema } from '../../shared/values.ts'
import { fullScale } from '../images/full-scale.ts'
import type { GrayLevels } from '../images/gray-levels.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'

const setRow = z.object({ white: z.int() })
const seenRow = z.object({ peak: z.int().nullable(), zeroBits: z.int().nullable() })

/** The white that a person set; null where nobody did. */
const whiteSet = (db: Database, datasetId: Id): number | null =>
  db.get(setRow, 'SELECT white FROM white_level WHERE dataset_id = $datasetId', { datasetId })?.white ?? null

/**
 * The white that the 16-bit photographs of a dataset show, all of them: what the camera can give is no property of a
 * split. Null where there is none.
 */
function whiteSeen(db: Database, datasetId: Id): number | null {
  // A black photograph has no bits that would say how its values are aligned.
  const seen = db.get(
    seenRow,
    `SELECT max(coalesce(robust_peak, peak)) AS peak,
       min(CASE WHEN coalesce(robust_peak, peak) > 0 THEN coalesce(zero_bits, 0) END) AS zeroBits
     FROM image WHERE dataset_id = $datasetId AND bit_depth = 16 AND removed_at IS NULL`,
    { datasetId },
  )
  return seen?.peak == null ? null : fullScale(16, seen.peak, seen.zeroBits ?? 0)
}

/** The sample value that is white in all images of a dataset with this bit depth (see `fullScale`). */
export function whiteLevel(db: Database, datasetId: Id, bitDepth: 8 | 16): number {
  if (bitDepth === 8) return 255
  return whiteSet(db, datasetId) ?? whiteSeen(db, datasetId) ?? 65_535
}

/** The white of the 16-bit photographs of a dataset, for people. */
export function whiteLevelOf(db: Database, datasetId: Id): WhiteLevel {
  return { set: whiteSet(db, datasetId), seen: whiteSeen(db, datasetId) }
}

/**
 * Sets the white for runs that are made from now on; existing runs keep theirs.
 * @param white null for what the photographs show
 */
export function setWhiteLevel(
  db: Database,
  datasetId: Id,
  white: number | null,
  operator: string | null,
): void {
  db.transaction(() => {
    if (white === null) db.run('DELETE FROM white_level WHERE dataset_id = $datasetId', { datasetId })
    else {
      db.run(
        `INSERT INTO white_level (dataset_id, white, changed_at) VALUES ($datasetId, $white, $now)
         ON CONFLICT (dataset_id) DO UPDATE SET white = excluded.white, changed_at = excluded.changed_at`,
        { datasetId, white, now: db.now() },
      )
    }
    recordAudit(db, {
      action: 'dataset.white',
      operator,
      dataset: datasetById(db, datasetId)?.name ?? null,
      detail: { white },
    })
  })
}

/** Images that were imported before their values were measured: those of 16 bits, or all. */
export const unmeasuredImages = (db: Database, datasetId: Id, bitDepth: 16 | null): ImageId[] =>
  db
    .all(
      z.object({ id: imageIdSchema }),
      `SELECT id FROM image WHERE dataset_id = $datasetId AND robust_peak IS NULL AND removed_at IS NULL
         AND ($bitDepth IS NULL OR bit_depth = $bitDepth) ORDER BY id`,
      { datasetId, bitDepth },
    )
    .map(({ id }) => id)

export function saveGrayLevels(db: Database, id: ImageId, levels: GrayLevels): void {
  const { robustPeak, zeroBits, mean, sharpness } = levels
  db.run(
    `UPDATE image SET robust_peak = $robustPeak, zero_bits = $zeroBits, mean = $mean, sharpness = $sharpness
     WHERE id = $id`,
    { id, robustPeak, zeroBits, mean, sharpness },
  )
}
