import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { createRandom } from '../../../../src/main/platform/random.ts'

/** A PNG of noise that only this number gives. */
export function photograph(number: number, width = 24, height = 24): Promise<Buffer> {
  const random = createRandom(number)
  const samples = Uint8Array.from({ length: width * height }, () => random.int(256))
  return sharp(samples, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
}

/** A mask with a square in its middle. */
export function mask(width = 24, height = 24, value = 255): Promise<Buffer> {
  const samples = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    return x > width / 3 && x < width / 2 && y > height / 3 && y < height / 2 ? value : 0
  })
  return sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer()
}

/** Writes files below a folder; a number stands for the photograph of that number. */
export async function writeFolder(
  folder: string,
  files: Record<string, number | string | Buffer>,
): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'number' ? await photograph(content) : content)
  }
  return folder
}

/** Numbered photographs `<below>/<i>.png`. */
export const numbered = (below: string, count: number, first = 0): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${below}/${i}.png`, first + i]))
