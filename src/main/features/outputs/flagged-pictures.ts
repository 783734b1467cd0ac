/** The folder `flagged`: photographs that a person should see, each with its heat map. */
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import sharp from 'sharp'
import type { LivePart } from '../../../shared/live.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { findImage } from '../../store/images.ts'
import { isStemTaken } from '../../store/live.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { Output } from './output.ts'

/** A heat map as a picture: what is at the run's scale or above is white. */
async function heatPicture(file: string, brightness: number): Promise<Buffer> {
  return sharp(file).toColourspace('b-w').linear(brightness, 0).png({ compressionLevel: 3 }).toBuffer()
}

/**
 * The name of a part in the folder, without its extension: that of its file, and its number where an earlier part has
 * the same, because a camera uses its names again.
 */
function stemOf({ db }: Workspace, part: LivePart): string {
  const name = basename(part.file)
  const stem = name.slice(0, name.length - extname(name).length)
  return isStemTaken(db, part, stem) ? `${stem}.${part.id}` : stem
}

export const flaggedPictures: Output = {
  async write(workspace, watch, { part, map, mapScale }) {
    if (part.verdict !== 'flagged') return
    const folder = join(watch.resultFolder, 'flagged')
    await mkdir(folder, { recursive: true })
    const stem = stemOf(workspace, part)
    if (part.image !== null) {
      // From the workspace: the camera may have taken its file away, or written another part over it.
      const { sha256, format } = findImage(workspace.db, part.image)
      const partial = join(folder, `.writing-${part.id}`)
      await copyFile(workspace.blobs.path(sha256, format), partial)
        .then(() => rename(partial, join(folder, `${stem}${extname(part.file)}`)))
        // It was cleared away before its result was written.
        .catch(() => undefined)
    }
    if (map === null) return
    const heat = await heatPicture(workspace.path(map.file), map.scale / mapScale)
    await replaceFile(join(folder, `${stem}.heat.png`), heat)
  },
}
