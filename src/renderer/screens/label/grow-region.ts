/**
 * The smart brush: the region around a point in which the photograph has nearly the color that it has there. It ends
 * at edges, where the color changes by more than a tolerance.
 */
import { elementAt } from '../../../shared/element-at.ts'
import type { Point } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'
import { addBit, bitOf, connectedPixels, type PixelSet, pixelsWithin } from './pixel-set.ts'

/** A photograph as red, green, blue and alpha of each pixel, row by row. */
export interface Pixels extends Size {
  data: Uint8ClampedArray<ArrayBuffer>
}

// Of 32-bit integers, without a branch: in noise the processor would guess it wrong for every other pixel.
const magnitude = (value: number): number => (value ^ (value >> 31)) - (value >> 31)
const larger = (a: number, b: number): number => a - ((a - b) & ((a - b) >> 31))

/** How far the color of each pixel is from that around a point, 0 to 255: the most of its three parts. */
export function colorDistances({ data, width, height }: Pixels, at: Point): Uint8Array {
  const seed = [0, 0, 0]
  let count = 0
  // The mean of nine pixels, so that the grain of a single one does not decide.
  for (let y = Math.max(0, at.y - 1); y <= Math.min(height - 1, at.y + 1); y += 1) {
    for (let x = Math.max(0, at.x - 1); x <= Math.min(width - 1, at.x + 1); x += 1) {
      count += 1
      for (let band = 0; band < 3; band += 1) {
        seed[band] = elementAt(seed, band) + elementAt(data, (y * width + x) * 4 + band)
      }
    }
  }
  const [red, green, blue] = seed.map((sum) => Math.round(sum / count))
  if (red === undefined || green === undefined || blue === undefined) return new Uint8Array(0)
  const far = new Uint8Array(width * height)
  const words = new Int32Array(data.buffer, data.byteOffset, far.length)
  for (let i = 0; i < far.length; i += 1) {
    // Red is the lowest byte of a word.
    const word = elementAt(words, i)
    const r = magnitude((word & 0xff) - red)
    const g = magnitude(((word >>> 8) & 0xff) - green)
    const b = magnitude(((word >>> 16) & 0xff) - blue)
    far[i] = larger(larger(r, g), b)
  }
  return far
}

/** The pixels that are connected with a point through pixels at most `tolerance` away in color. */
export function grownRegion(far: Uint8Array, size: Size, at: Point, tolerance: number): PixelSet {
  const open = pixelsWithin(far, size, tolerance)
  const seed = bitOf(open, at.x, at.y)
  // The point itself, however far its own color is from the mean around it.
  addBit(open, seed)
  return connectedPixels(open, seed)
}
