/**
 * An anomaly map as main sends it: uint32 width, uint32 height, float32 scale, uint32 zero, then
 * width*height uint16, all little-endian; value = v / 65535 * scale.
 */
import { elementAt } from '../../shared/element-at.ts'

export interface RawMap {
  width: number
  height: number
  /** The value that 65535 stands for. */
  scale: number
  /** Row-major [height, width]. */
  values: Uint16Array<ArrayBuffer>
}

const headerBytes = 16

/** Throws a RangeError where the bytes are not a whole map. */
export function parseRawMap(bytes: ArrayBuffer): RawMap {
  if (bytes.byteLength < headerBytes) throw new RangeError('An anomaly map is shorter than its header.')
  const header = new DataView(bytes, 0, headerBytes)
  const width = header.getUint32(0, true)
  const height = header.getUint32(4, true)
  const scale = header.getFloat32(8, true)
  if (width === 0 || height === 0 || bytes.byteLength !== headerBytes + width * height * 2) {
    throw new RangeError(`An anomaly map of ${width} x ${height} has ${bytes.byteLength} bytes.`)
  }
  // Every machine that Chromium runs on is little-endian, so the values need no copy.
  return { width, height, scale, values: new Uint16Array(bytes, headerBytes) }
}

/** Regions and spots are searched on at most this many pixels, since the next part must be on screen at once. */
export const mostPixels = 400_000

/** The map at every nth pixel of every nth row, so that it has at most `most` pixels; n is `step`. */
export function sampledMap(map: RawMap, most: number): { map: RawMap; step: number } {
  const step = Math.max(1, Math.ceil(Math.sqrt((map.width * map.height) / most)))
  if (step === 1) return { map, step }
  const width = Math.ceil(map.width / step)
  const height = Math.ceil(map.height / step)
  const values = new Uint16Array(width * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      values[y * width + x] = elementAt(map.values, y * step * map.width + x * step)
    }
  }
  return { map: { width, height, scale: map.scale, values }, step }
}
