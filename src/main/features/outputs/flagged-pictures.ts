/** The folder `flagged`: photographs that a person should see, each with its heat map. */
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { replaceFile } from '../../platform/durable-file.ts'
import type { Output } from './output.ts'

/** A heat map as a picture: what is at the run's scale or above is white. */
async function heatPicture(file: string, brightness: number): Promise<Buffer> {
  return sharp(file).toColourspace('b-w').linear(brightness, 0).png({ compressionLevel: 3 }).toBuffer()
}

export const flaggedPictures: Output = {
  async write(workspace, watch, { part, map, mapScale }) {
    if (part.verdict !== 'flagged') return
    const folder = join(watch.resultFolder, 'flagged')
    await mkdir(folder, { recursive: true })
    const name = basename(part.file)
    const partial = join(folder, `.writing-${part.id}`)
    await copyFile(join(watch.folder, part.file), partial)
      .then(() => rename(partial, join(folder, name)))
      // The camera software has taken it away: it is in the workspace all the same.
      .catch(() => undefined)
    if (map === null) return
    const heat = await heatPicture(workspace.path(map.file), map.scale / mapScale)
    await replaceFile(join(folder, `${name.replace(/\.[^.]*$/, '')}.heat.png`), heat)
  },
}
