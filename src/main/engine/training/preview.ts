import sharp from 'sharp'
import { elementAt } from '../../../shared/element-at.ts'
import { replaceFile } from '../../platform/durable-file.ts'

/** Pixels between two pictures of a sheet. */
const gap = 2
const background = 128

/**
 * Lays pictures [count, side, side, channels] with values in [-1, 1] out in a sheet and writes it as PNG.
 */
export async function writeSheet(
  file: string,
  pictures: Float32Array,
  layout: { side: number; channels: number; columns: number },
): Promise<void> {
  const { side, channels, columns } = layout
  const length = side * side * channels
  const count = pictures.length / length
  const rows = Math.ceil(count / columns)
  const width = columns * (side + gap) - gap
  const height = rows * (side + gap) - gap
  const sheet = new Uint8Array(width * height * channels).fill(background)
  for (let i = 0; i < count; i++) {
    const left = (i % columns) * (side + gap)
    const top = Math.floor(i / columns) * (side + gap)
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side * channels; x++) {
        const value = elementAt(pictures, i * length + y * side * channels + x, 'pictures')
        sheet[((top + y) * width + left) * channels + x] = Math.round(
          ((Math.max(-1, Math.min(1, value)) + 1) / 2) * 255,
        )
      }
    }
  }
  const raw = { width, height, channels: channels === 3 ? (3 as const) : (1 as const) }
  await replaceFile(file, await sharp(sheet, { raw }).png().toBuffer())
}
