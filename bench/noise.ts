/** Photographs of noise as files of a new folder, the same for a purpose. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { EngineImage } from '../src/main/engine/protocol.ts'
import { createRandom } from '../src/main/platform/random.ts'

export async function writeNoise(
  folder: string,
  { purpose, side, count }: { purpose: string; side: number; count: number },
): Promise<EngineImage[]> {
  mkdirSync(folder)
  const images: EngineImage[] = []
  for (let id = 1; id <= count; id++) {
    const random = createRandom(id, purpose)
    const samples = Uint8Array.from({ length: side * side }, () => random.int(256))
    const file = join(folder, `${id}.png`)
    const picture = sharp(samples, { raw: { width: side, height: side, channels: 1 } })
    writeFileSync(file, await picture.toColourspace('b-w').png({ compressionLevel: 1 }).toBuffer())
    images.push({ id, file, width: side, height: side, white: null })
  }
  return images
}
