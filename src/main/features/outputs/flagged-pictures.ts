/** The folder `flagged`: photographs that a person should see, each with its heat map. */
import { mkdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import sharp from 'sharp'
import type { LivePart } from '../../../shared/live.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { findImage } from '../../store/images.ts'
import { isStemTaken } from '../../store/live.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { Output } from './output.ts'

/** A file of the workspace; null where it was cleared away before its result was written. Any other error is one. */
async function unlessCleared(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** A heat map as a picture: what is at the run's scale or above is white. */
async function heatPicture(map: Buffer, brightness: number): Promise<Buffer> {
  return sharp(map).toColourspace('b-w').linear(brightness, 0).png({ compressionLevel: 3 }).toBuffer()
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
      const photograph = await unlessCleared(workspace.blobs.path(sha256, format))
      if (photograph !== null) await replaceFile(join(folder, `${stem}${extname(part.file)}`), photograph)
    }
    const stored = map === null ? null : await unlessCleared(workspace.path(map.file))
    if (map === null || stored === null) return
    const heat = await heatPicture(stored, map.scale / mapScale)
    await replaceFile(join(folder, `${stem}.heat.png`), heat)
  },
}
