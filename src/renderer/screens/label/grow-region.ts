/**
 * The smart brush: the region around a point in which the photograph has nearly the color that it has there. It ends
 * at edges, where the color changes by more than a tolerance.
 */
import { elementAt } from '../../../shared/element-at.ts'
import type { Point } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'

/** A photograph as red, green, blue and alpha of each pixel, row by row. */
export interface Pixels extends Size {
  data: Uint8ClampedArray
}

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
  const words = new Uint32Array(data.buffer, data.byteOffset, far.length)
  for (let i = 0; i < far.length; i += 1) {
    // Red is the lowest byte of a word.
    const word = elementAt(words, i)
    const r = Math.abs((word & 0xff) - red)
    const g = Math.abs(((word >>> 8) & 0xff) - green)
    const b = Math.abs(((word >>> 16) & 0xff) - blue)
    far[i] = Math.max(r, g, b)
  }
  return far
}

/**
 * The pixels that are connected with a point through pixels at most `tolerance` away in color: 1, else 0. Row by row
 * from spans (scanline fill).
 */
export function grownRegion(far: Uint8Array, { width }: Size, at: Point, tolerance: number): Uint8Array {
  const inside = new Uint8Array(far.length)
  /** As `far`; pixels that are inside are as far as can be, so that one comparison tells what is open. */
  const rest = far.slice()
  const stack: number[] = []
  function fill(start: number): void {
    const row = start - (start % width)
    let left = start
    while (left > row && elementAt(rest, left - 1) <= tolerance) left -= 1
    let right = start
    while (right < row + width - 1 && elementAt(rest, right + 1) <= tolerance) right += 1
    inside.fill(1, left, right + 1)
    rest.fill(255, left, right + 1)
    if (row > 0) seek(left - width, right - width)
    if (row + width < far.length) seek(left + width, right + width)
  }
  /** The first pixel of each span that goes on in a neighboring row. */
  function seek(left: number, right: number): void {
    let wasOpen = false
    for (let i = left; i <= right; i += 1) {
      const open = elementAt(rest, i) <= tolerance
      if (open && !wasOpen) stack.push(i)
      wasOpen = open
    }
  }
  // The point itself, however far its own color is from the mean around it.
  fill(at.y * width + at.x)
  for (let start = stack.pop(); start !== undefined; start = stack.pop()) {
    if (elementAt(rest, start) <= tolerance) fill(start)
  }
  return inside
}

/** Small holes of a region, such as grain leaves, are filled. @param inside changed in place */
export function fillSmallHoles(inside: Uint8Array, { width, height }: Size, most: number): void {
  const seen = new Uint8Array(inside.length)
  const members: number[] = []
  for (let start = 1; start < inside.length; start += 1) {
    // A hole begins to the right of a pixel of the region.
    if (inside[start] !== 0 || seen[start] !== 0 || inside[start - 1] !== 1) continue
    members.length = 0
    members.push(start)
    seen[start] = 1
    let isSmall = true
    for (let done = 0; done < members.length && isSmall; done += 1) {
      const at = elementAt(members, done)
      const x = at % width
      const y = (at - x) / width
      // What reaches the edge of the photograph is no hole, and what has more pixels is no grain.
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1 || members.length > most) isSmall = false
      else {
        for (const next of [at - 1, at + 1, at - width, at + width]) {
          if (inside[next] !== 0 || seen[next] !== 0) continue
          seen[next] = 1
          members.push(next)
        }
      }
    }
    if (isSmall) for (const at of members) inside[at] = 1
  }
}
