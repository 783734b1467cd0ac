/** Exports black and white masks: white where the anomaly map of a run is at or above a level. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'
import { readAnomalyMapSamples } from '../../images/anomaly-map.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { activePoint } from '../../store/operating-points.ts'
import type { Workspace } from '../../store/workspace.ts'
import { mapScaleOf } from '../runs/score-settings.ts'

const mapRow = z.object({ image: z.int(), dataset: z.string(), file: z.string(), mapFile: z.string() })

/**
 * The level: that of the flagged regions of the operating point in use if it has them, else half of the color scale,
 * which is the 99.5th percentile of map values on normal validation images.
 */
export function maskLevel({ db }: Workspace, run: Run): number {
  return activePoint(db, run.id)?.regions?.leastStrength ?? mapScaleOf(run) / 2
}

/**
 * Writes a mask for each map, named after its photograph. @returns how many
 * @throws Failure `no-maps`
 */
export async function writeMasks(
  workspace: Workspace,
  run: Run,
  folder: string,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const rows = workspace.db.all(
    mapRow,
    `SELECT image.id AS image, dataset.name AS dataset, image.file, score.map_file AS mapFile
     FROM score JOIN image ON image.id = score.image_id JOIN dataset ON dataset.id = image.dataset_id
     WHERE score.run_id = $run AND score.map_file IS NOT NULL AND image.removed_at IS NULL ORDER BY image.id`,
    { run: run.id },
  )
  if (rows.length === 0) {
    throw new Failure('no-maps', { run: run.id })
  }
  const level = maskLevel(workspace, run)
  for (const [done, { image, dataset, file, mapFile }] of rows.entries()) {
    const { samples, scale, width, height } = await readAnomalyMapSamples(
      await readFile(workspace.path(mapFile)),
    )
    const mask = Uint8Array.from(samples, (sample) => ((sample / 65_535) * scale >= level ? 255 : 0))
    const png = await sharp(mask, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png({ compressionLevel: 9 })
      .toBuffer()
    const target = join(
      folder,
      safe(dataset),
      ...file
        .replace(/\.[^./]+$/, '')
        .split('/')
        .map(safe),
    )
    // The image id is in the name because two photographs may differ only in their extension.
    await replaceFile(`${target}_${image}_mask.png`, png)
    onProgress(done + 1, rows.length)
  }
  return rows.length
}

/** Replaces what some file system does not allow in a name. */
const safe = (name: string): string => {
  const cleaned = name.replace(/[<>:"/\\|?*\p{Cc}]/gu, '_').replace(/^\.+$/, '_')
  return cleaned === '' ? '_' : cleaned
}
