/** How a file's EXIF turns its picture, and the same turn for masks that were drawn on the stored pixels. */
import sharp from 'sharp'
import { requireLength } from '../platform/array-bounds.ts'
import { type ImageSource, withBytes } from './byte-source.ts'
import { decodeInTurn } from './decoder-turns.ts'
import { fileType } from './file-type.ts'

export interface Size {
  width: number
  height: number
}

/** The orientation of EXIF, 1 to 8; 1 where the file has none. 5 to 8 exchange width and height. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * The orientation that a photograph's file asks for. A file that cannot be asked has none: every other fault of it is
 * found where it is decoded.
 */
export async function orientationOf(source: ImageSource): Promise<Orientation> {
  try {
    // A BMP has no EXIF, and the decoder does not read it: each would fail, and be tried again alone.
    if (withBytes(source, fileType) === 'bmp') return 1
    const { orientation } = await decodeInTurn(() => sharp(source, { limitInputPixels: false }).metadata())
    switch (orientation) {
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
        return orientation
      default:
        return 1
    }
  } catch {
    return 1
  }
}

/** The size before turning of a picture whose size after it is given, or the other way round. */
export const turnedSize = ({ width, height }: Size, orientation: Orientation): Size =>
  orientation >= 5 ? { width: height, height: width } : { width, height }

/**
 * The row-major pixels of a stored picture, turned upright.
 * @param pixels [height, width] as stored
 */
export function turnedPixels(
  pixels: Uint8Array,
  { width, height }: Size,
  orientation: Orientation,
): Uint8Array<ArrayBuffer> {
  requireLength(pixels, width * height, 'Pixels to turn')
  const upright = turnedSize({ width, height }, orientation)
  const out = new Uint8Array(pixels.length)
  for (let y = 0; y < upright.height; y++) {
    for (let x = 0; x < upright.width; x++) {
      const right = width - 1
      const bottom = height - 1
      // The stored pixel that EXIF puts at (x, y): table "Orientation" of the EXIF standard.
      let from = 0
      if (orientation === 1) from = y * width + x
      else if (orientation === 2) from = y * width + right - x
      else if (orientation === 3) from = (bottom - y) * width + right - x
      else if (orientation === 4) from = (bottom - y) * width + x
      else if (orientation === 5) from = x * width + y
      else if (orientation === 6) from = (bottom - x) * width + y
      else if (orientation === 7) from = (bottom - x) * width + right - y
      else from = x * width + right - y
      out[y * upright.width + x] = pixels[from]
    }
  }
  return out
}

/** A point of the stored picture, in pixels from its upper left corner, where it is after turning. */
export function turnedPoint(
  { x, y }: { x: number; y: number },
  { width, height }: Size,
  orientation: Orientation,
): { x: number; y: number } {
  switch (orientation) {
    case 1:
      return { x, y }
    case 2:
      return { x: width - x, y }
    case 3:
      return { x: width - x, y: height - y }
    case 4:
      return { x, y: height - y }
    case 5:
      return { x: y, y: x }
    case 6:
      return { x: height - y, y: x }
    case 7:
      return { x: height - y, y: width - x }
    case 8:
      return { x: y, y: width - x }
  }
}
