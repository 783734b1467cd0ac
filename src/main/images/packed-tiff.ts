/**
 * Samples of 9 to 15 bits, which cameras write one behind the other without gaps (TIFF 6.0, section "BitsPerSample");
 * libvips reads only 1, 2, 4, 8 and 16 bits.
 */
import { inflateSync } from 'node:zlib'
import { elementAt } from '../../shared/element-at.ts'
import { requireLength } from '../platform/array-bounds.ts'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'
import type { TiffPage } from './tiff-structure.ts'

/** The bits of each byte in reverse order, for FillOrder 2. */
const reversed = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0
  for (let i = 0; i < 8; i++) bits |= ((byte >> i) & 1) << (7 - i)
  return bits
})

function stripOf(bytes: ByteSource, page: TiffPage, strip: number, length: number): Uint8Array {
  const stored = bytes.read(
    elementAt(page.starts, strip, 'strips'),
    page.lengths[strip] ?? (page.compression === 1 ? length : bytes.size),
  )
  const data = page.compression === 1 ? stored : inflated(stored, length)
  if (data.length < length) throw new ImageRefusal('truncated', { case: 'last-row' })
  return page.fillOrder === 2 ? data.map((byte) => reversed[byte]) : data
}

function inflated(stored: Buffer, most: number): Buffer {
  try {
    return inflateSync(stored, { maxOutputLength: most + 1024 })
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new ImageRefusal('corrupt', { words }, { cause: error })
  }
}

/**
 * The samples of a page that `canUnpack`, as stored: row-major [height, width, samples], each in
 * [0, 2^bits - 1]; where zero means white they are inverted.
 */
export function unpackTiff(bytes: ByteSource, page: TiffPage): Uint16Array {
  const { width, height, samples } = page
  const bits = elementAt(page.bits, 0, 'bits of a sample')
  const most = 2 ** bits - 1
  const rowSamples = width * samples
  const rowBytes = Math.ceil((rowSamples * bits) / 8)
  const rows = Math.min(page.rowsPerStrip, height)
  if (rows < 1 || Math.ceil(height / rows) > page.starts.length) {
    throw new ImageRefusal('truncated', { case: 'last-row' })
  }
  const out = new Uint16Array(height * rowSamples)
  for (let y = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y)
    const data = stripOf(bytes, page, y / rows, count * rowBytes)
    for (let row = 0; row < count; row++) {
      let [at, held, buffer] = [row * rowBytes, 0, 0]
      let to = (y + row) * rowSamples
      for (let i = 0; i < rowSamples; i++) {
        while (held < bits) {
          buffer = ((buffer << 8) | data[at++]) & 0xffffff
          held += 8
        }
        held -= bits
        const value = (buffer >>> held) & most
        out[to++] = page.photometric === 0 ? most - value : value
      }
    }
  }
  return out
}

/** Pixels turned upright by the orientation of EXIF and TIFF, 1 to 8; any other counts as 1. */
export function turnUpright(
  data: Uint16Array,
  width: number,
  height: number,
  bands: number,
  orientation: number,
): { data: Uint16Array; width: number; height: number } {
  requireLength(data, width * height * bands, 'Samples of a picture')
  if (orientation < 2 || orientation > 8) return { data, width, height }
  const swaps = orientation >= 5
  const [outWidth, outHeight] = swaps ? [height, width] : [width, height]
  const mirrorsX = [2, 3, 7, 8].includes(orientation)
  const mirrorsY = [3, 4, 6, 7].includes(orientation)
  const out = new Uint16Array(data.length)
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const [a, b] = swaps ? [y, x] : [x, y]
      const fromX = mirrorsX ? width - 1 - a : a
      const fromY = mirrorsY ? height - 1 - b : b
      for (let c = 0; c < bands; c++) {
        out[(y * outWidth + x) * bands + c] = data[(fromY * width + fromX) * bands + c]
      }
    }
  }
  return { data: out, width: outWidth, height: outHeight }
}
