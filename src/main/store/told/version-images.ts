import { z } from 'zod'
import type { Database } from '../database.ts'
import { digestOfImages } from '../dataset-versions.ts'

const versionRow = z.object({ id: z.string(), sha256: z.string() })

/** Versions of datasets whose photographs are not those that their digest is of. */
export function* differingVersions(db: Database): Generator<string> {
  for (const { id, sha256 } of db.all(versionRow, 'SELECT id, sha256 FROM dataset_version ORDER BY id')) {
    const images = db.all(
      z.object({ sha256: z.string() }),
      `SELECT image.sha256 FROM dataset_version_image AS kept JOIN image ON image.id = kept.image_id
       WHERE kept.version_id = $id`,
      { id },
    )
    if (digestOfImages(images) !== sha256) yield id
  }
}
