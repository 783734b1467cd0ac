/**
 * A set of pixels of a photograph, one bit each, so that 32 neighbors are worked on at once. A row begins with a word
 * of its own; bits of a word count from the lowest, which is the leftmost pixel.
 */
import { elementAt } from '../../../shared/element-at.ts'
import type { RegionShape } from '../../../shared/label.ts'
import type { Size } from '../../stage/view.ts'

export interface PixelSet extends Size {
  /** Words of a row. */
  stride: number
  /** Bits behind the end of a row are 0. */
  words: Int32Array
}

export function emptyPixelSet({ width, height }: Size): PixelSet {
  const stride = Math.ceil(width / 32)
  return { width, height, stride, words: new Int32Array(stride * height) }
}

/** Where the bit of a pixel is, counted from the first of all. */
export const bitOf = ({ stride }: PixelSet, x: number, y: number): number => y * stride * 32 + x

export const hasBit = ({ words }: PixelSet, bit: number): boolean =>
  ((elementAt(words, bit >>> 5) >>> (bit & 31)) & 1) === 1

export function addBit({ words }: PixelSet, bit: number): void {
  words[bit >>> 5] = elementAt(words, bit >>> 5) | (1 << (bit & 31))
}

/** The pixels whose distance is at most so large. @param far of [height, width] */
export function pixelsWithin(far: Uint8Array, size: Size, most: number): PixelSet {
  const set = emptyPixelSet(size)
  const { width, height, stride, words } = set
  if (far.length !== width * height)
    throw new RangeError(`${far.length} distances of ${width} x ${height} pixels`)
  for (let y = 0; y < height; y += 1) {
    for (let i = 0; i < stride; i += 1) {
      const from = y * width + i * 32
      const count = Math.min(32, width - i * 32)
      let word = 0
      // The sign of the difference is the bit: a comparison would be guessed wrong by the processor in noise.
      for (let k = 0; k < count; k += 1) word |= ((elementAt(far, from + k) - most - 1) >>> 31) << k
      words[y * stride + i] = word
    }
  }
  return set
}

/** The bits of a word that are connected with those of a seed through bits of `open`, by doubling steps. */
function spread(seed: number, open: number): number {
  let up = seed & open
  let down = up
  let upward = open
  let downward = open
  for (let step = 1; step < 32; step *= 2) {
    up |= upward & (up << step)
    upward &= upward << step
    down |= downward & (down >>> step)
    downward &= downward >>> step
  }
  return up | down
}

/** The pixels of a set that are connected with one of them, not over corners. */
export function connectedPixels(open: PixelSet, from: number): PixelSet {
  const found = emptyPixelSet(open)
  const { stride, words } = found
  /** Words to which bits were added whose neighbors were not looked at yet. Each waits once at most. */
  const waiting = new Int32Array(words.length)
  const waits = new Uint8Array(words.length)
  let count = 0
  function add(at: number, bits: number): void {
    const known = elementAt(words, at)
    const all = known | (bits & elementAt(open.words, at))
    if (all === known) return
    words[at] = all
    if (waits[at] === 1) return
    waits[at] = 1
    waiting[count] = at
    count += 1
  }
  add(from >>> 5, 1 << (from & 31))
  while (count > 0) {
    count -= 1
    const at = elementAt(waiting, count)
    waits[at] = 0
    const bits = spread(elementAt(words, at), elementAt(open.words, at))
    words[at] = bits
    if (at >= stride) add(at - stride, bits)
    if (at + stride < words.length) add(at + stride, bits)
    const column = at % stride
    if (bits < 0 && column < stride - 1) add(at + 1, 1)
    if ((bits & 1) === 1 && column > 0) add(at - 1, 1 << 31)
  }
  return found
}

/**
 * The columns of a row at which pixels of the set begin and end, in turn. One that ends with the row ends at its width.
 * @param edges is filled, with room for one more than the width
 * @returns how many there are, an even number
 */
export function edgesOfRow({ width, stride, words }: PixelSet, y: number, edges: Int32Array): number {
  let count = 0
  let last = 0
  for (let i = 0; i < stride; i += 1) {
    const word = elementAt(words, y * stride + i)
    for (let changes = word ^ ((word << 1) | last); changes !== 0; changes &= changes - 1) {
      edges[count] = i * 32 + 31 - Math.clz32(changes & -changes)
      count += 1
    }
    last = word >>> 31
  }
  if (count % 2 === 1) {
    edges[count] = width
    count += 1
  }
  return count
}

/** The set in the form in which it is stored; null where it is empty. */
export function shapeOfPixels(set: PixelSet, defectType: string): RegionShape | null {
  const { width, height } = set
  const edges = new Int32Array(width + 1)
  let left = width
  let right = 0
  let top = -1
  let bottom = -1
  for (let y = 0; y < height; y += 1) {
    const count = edgesOfRow(set, y, edges)
    if (count === 0) continue
    if (top < 0) top = y
    bottom = y
    left = Math.min(left, elementAt(edges, 0))
    right = Math.max(right, elementAt(edges, count - 1))
  }
  if (top < 0) return null
  const across = right - left
  const runs: number[] = []
  /** Where the last run ended, counted along the rows of the rectangle around the set. */
  let end = 0
  for (let y = top; y <= bottom; y += 1) {
    const count = edgesOfRow(set, y, edges)
    const row = (y - top) * across - left
    for (let i = 0; i < count; i += 2) {
      const from = row + elementAt(edges, i)
      const to = row + elementAt(edges, i + 1)
      // What ends with a row goes on where the next begins.
      if (from === end && runs.length > 0) runs.push((runs.pop() ?? 0) + to - from)
      else runs.push(from - end, to - from)
      end = to
    }
  }
  const all = across * (bottom - top + 1)
  if (end < all) runs.push(all - end)
  return { kind: 'region', defectType, x: left, y: top, width: across, height: bottom - top + 1, runs }
}
