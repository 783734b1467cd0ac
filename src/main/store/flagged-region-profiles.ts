import { z } from 'zod'
import { type Id, type ImageId, imageIdSchema } from '../../shared/values.ts'
import type { Database } from './database.ts'

/**
 * The stored flagged region profile of a map (see `flaggedRegionProfile`); undefined where the present map has not
 * been measured.
 */
export function flaggedRegionProfileOf(db: Database, run: Id, imageId: ImageId): Uint32Array | undefined {
  const row = db.get(
    z.object({ areas: z.instanceof(Uint8Array) }),
    `SELECT areas FROM region_profile JOIN score USING (run_id, image_id)
     WHERE run_id = $run AND image_id = $imageId AND region_profile.scored_at = score.scored_at`,
    { run, imageId },
  )
  return row && new Uint32Array(Uint8Array.from(row.areas).buffer)
}

const unmeasuredRow = z.object({ imageId: imageIdSchema, mapFile: z.string(), scoredAt: z.int() })
export type UnmeasuredMap = z.output<typeof unmeasuredRow>

/**
 * Maps of a run whose flagged regions have not been measured since the maps were made: of all images, or of the given
 * ones.
 */
export const unmeasuredMaps = (
  db: Database,
  run: Id,
  images: readonly ImageId[] | null = null,
): UnmeasuredMap[] =>
  db.all(
    unmeasuredRow,
    `SELECT score.image_id AS imageId, score.map_file AS mapFile, score.scored_at AS scoredAt FROM score
     LEFT JOIN region_profile AS profile ON profile.run_id = score.run_id AND profile.image_id = score.image_id
       AND profile.scored_at = score.scored_at
     WHERE score.run_id = $run AND score.map_file IS NOT NULL AND profile.image_id IS NULL
       AND ($images IS NULL OR score.image_id IN (SELECT value FROM json_each($images)))
     ORDER BY score.image_id`,
    { run, images: images && JSON.stringify(images) },
  )

export function saveFlaggedRegionProfiles(
  db: Database,
  run: Id,
  profiles: readonly { imageId: ImageId; scoredAt: number; areas: Uint32Array }[],
): void {
  db.transaction(() => {
    for (const { imageId, scoredAt, areas } of profiles) {
      db.run(
        `INSERT INTO region_profile (run_id, image_id, scored_at, areas) VALUES ($run, $imageId, $scoredAt, $areas)
         ON CONFLICT (run_id, image_id) DO UPDATE SET scored_at = excluded.scored_at, areas = excluded.areas`,
        { run, imageId, scoredAt, areas: Buffer.from(areas.buffer, areas.byteOffset, areas.byteLength) },
      )
    }
  })
}
