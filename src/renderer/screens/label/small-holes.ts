/** Small holes in a set of pixels, such as the grain of a photograph leaves in a region. */
import { elementAt } from '../../../shared/element-at.ts'
import { addBit, bitOf, edgesOfRow, type PixelSet } from './pixel-set.ts'

/** Runs of pixels that are not in the set, row by row. */
interface Gaps {
  count: number
  /** Of each gap the bit of its first pixel, and the one behind its last. */
  starts: Int32Array
  ends: Int32Array
  /** The gap that it was joined to, or itself. */
  joined: Int32Array
  /** Of a gap that was joined to no other: the pixels of all that were joined to it, or one more than matter. */
  sizes: Int32Array
}

/** The same gaps, with room for more. */
function withRoom(gaps: Gaps, more: number): Gaps {
  if (gaps.count + more <= gaps.starts.length) return gaps
  const longer = (list: Int32Array): Int32Array => {
    const copy = new Int32Array(2 * (gaps.count + more))
    copy.set(list)
    return copy
  }
  const { count, starts, ends, joined, sizes } = gaps
  return { count, starts: longer(starts), ends: longer(ends), joined: longer(joined), sizes: longer(sizes) }
}

function rootOf(joined: Int32Array, gap: number): number {
  let root = gap
  for (let next = elementAt(joined, root); next !== root; next = elementAt(joined, root)) {
    joined[root] = elementAt(joined, next)
    root = next
  }
  return root
}

function join({ joined, sizes }: Gaps, one: number, other: number, most: number): void {
  const a = rootOf(joined, one)
  const b = rootOf(joined, other)
  if (a === b) return
  joined[b] = a
  sizes[a] = Math.min(most, elementAt(sizes, a) + elementAt(sizes, b))
}

const none = new Int32Array(0)

/**
 * Fills the holes of at most so many pixels. The gaps of each row are joined with those of the row above (union-find),
 * so the time does not depend on how the holes wind.
 * @param set changed in place
 */
export function fillSmallHoles(set: PixelSet, most: number): void {
  const { width, height } = set
  /** What reaches the edge of the photograph is no hole, and what has more pixels is no grain. */
  const open = most + 1
  const edges = new Int32Array(width + 1)
  let gaps: Gaps = { count: 0, starts: none, ends: none, joined: none, sizes: none }
  /** The gaps of the row above are those from `above` to before `here`. */
  let above = 0
  let here = 0
  const rowBits = bitOf(set, 0, 1)
  for (let y = 0; y < height; y += 1) {
    const count = edgesOfRow(set, y, edges)
    gaps = withRoom(gaps, count / 2 + 1)
    const { starts, ends, joined, sizes } = gaps
    const row = y * rowBits
    for (let i = 0; i <= count; i += 2) {
      const from = i === 0 ? 0 : elementAt(edges, i - 1)
      const to = i === count ? width : elementAt(edges, i)
      if (from === to) continue
      const start = row + from
      const end = row + to
      const reachesOut = from === 0 || to === width || y === 0 || y === height - 1
      const gap = gaps.count
      gaps.count += 1
      starts[gap] = start
      ends[gap] = end
      joined[gap] = gap
      sizes[gap] = reachesOut ? open : Math.min(open, to - from)
      while (above < here && elementAt(ends, above) <= start - rowBits) above += 1
      while (above < here && elementAt(starts, above) < end - rowBits) {
        join(gaps, above, gap, open)
        // It may touch the next gap of this row, too.
        if (elementAt(ends, above) > end - rowBits) break
        above += 1
      }
    }
    above = here
    here = gaps.count
  }
  for (let gap = 0; gap < gaps.count; gap += 1) {
    if (elementAt(gaps.sizes, rootOf(gaps.joined, gap)) === open) continue
    const end = elementAt(gaps.ends, gap)
    for (let bit = elementAt(gaps.starts, gap); bit < end; bit += 1) addBit(set, bit)
  }
}
