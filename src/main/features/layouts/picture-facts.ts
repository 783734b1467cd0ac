/** What the plan of an import must know of pictures themselves, where names leave it open. Read once each. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeImage, readImageHeader } from '../../images/decode.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { isSystemError } from '../../platform/system-error.ts'
import type { Size } from './match-masks.ts'

/** Classes that a mask may have; a photograph of a camera has many more values than these, a flat mask has fewer. */
const mostValues = 24
/** Bits for each pixel above which a compressed file holds no mask: flat areas take almost nothing. */
const mostBitsPerPixel = 2
/** A larger picture is not decoded for this. */
const mostPixels = 40e6

const isUncompressed = (format: string): boolean => format === 'bmp' || format === 'tiff'

export interface PictureFacts {
  /** By the header; null where the file cannot be read as a picture. */
  sizeOf(file: string): Promise<Size | null>
  /** Whether a picture has few values, as a mask has. */
  looksLikeMask(file: string): Promise<boolean>
}

/** The samples of a picture in gray have few values; in a JPEG, almost all lie near one of few. */
function hasFewValues(data: Uint8Array | Uint16Array, isLossy: boolean): boolean {
  const counts = new Map<number, number>()
  for (const value of data) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (!isLossy) return counts.size <= mostValues
  // Flat areas of a JPEG keep their value or lie close to it; edges swing around it.
  const peaks = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 4)
  let near = 0
  for (const [value, count] of counts) {
    if (peaks.some(([peak]) => Math.abs(peak - value) <= 6)) near += count
  }
  const [top] = peaks
  return near >= 0.97 * data.length && top !== undefined && top[1] >= 0.25 * data.length
}

/** Whether the picture at a path has few values, as a mask has. */
export async function looksLikeMask(path: string): Promise<boolean> {
  try {
    const { format, width, height } = await readImageHeader(path)
    const pixels = width * height
    const { size } = await stat(path)
    if (pixels > mostPixels) return false
    if (!isUncompressed(format) && (size * 8) / pixels > mostBitsPerPixel) return false
    const { data } = await decodeImage(path, { channels: 1 })
    return hasFewValues(data, format === 'jpeg' || format === 'webp')
  } catch (error) {
    if (error instanceof ImageRefusal || isSystemError(error)) return false
    throw error
  }
}

export function pictureFacts(root: string): PictureFacts {
  const sizes = new Map<string, Size | null>()
  const masks = new Map<string, boolean>()
  return {
    async sizeOf(file) {
      const known = sizes.get(file)
      if (known !== undefined) return known
      let size: Size | null = null
      try {
        const { width, height } = await readImageHeader(join(root, file))
        size = { width, height }
      } catch (error) {
        if (!(error instanceof ImageRefusal)) throw error
      }
      sizes.set(file, size)
      return size
    },
    async looksLikeMask(file) {
      const known = masks.get(file)
      if (known !== undefined) return known
      const looks = await looksLikeMask(join(root, file))
      masks.set(file, looks)
      return looks
    },
  }
}
