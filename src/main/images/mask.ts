import type { ImageSource } from './byte-source.ts'
import { decodeImage } from './decode.ts'

export interface Mask {
  /** 1 where the defect is, else 0; row-major [height, width]. */
  data: Uint8Array
  width: number
  height: number
  /** Number of pixels of the defect. */
  area: number
}

/**
 * Reads a ground-truth mask. In a lossless file every value except 0 is defect, because some masks number the types
 * of defects; in a JPEG, whose values vary around edges, the brighter half is.
 * @throws ImageRefusal
 */
export async function readMask(source: ImageSource): Promise<Mask> {
  const { data, width, height, format, bitDepth } = await decodeImage(source, { channels: 1 })
  const least = format === 'jpeg' ? 2 ** (bitDepth - 1) : 1
  const mask = new Uint8Array(data.length)
  let area = 0
  for (let i = 0; i < data.length; i++) {
    if (data[i] < least) continue
    mask[i] = 1
    area++
  }
  return { data: mask, width, height, area }
}
