/**
 * The flagged region profile of an anomaly map: the area of its largest connected region at or above each of several
 * levels. With it, whether a part has a region of at least a given area and strength can be answered without reading
 * the map again.
 */
import { requireLength } from '../../platform/array-bounds.ts'

/**
 * The levels, as shares of the run's map scale, which is twice the 99.5th percentile of the maps of normal validation
 * images.
 */
export const flaggedRegionLevels: readonly number[] = Array.from({ length: 40 }, (_, i) => (i + 1) / 20)

/** Index of the level nearest to a strength. */
export function flaggedRegionLevel(strength: number, mapScale: number): number {
  const share = strength / mapScale
  return Math.min(flaggedRegionLevels.length, Math.max(1, Math.round(share * 20))) - 1
}

/**
 * The number of pixels of the largest region at or above each level. Pixels are neighbors if they share a side or a
 * corner. One pass from the highest level down joins each pixel to the regions that it touches (union-find), so the
 * time is linear in the pixels, whatever the number of levels.
 * @param map row-major, in any unit
 * @param mapScale the value in that unit that corresponds to 1 in `flaggedRegionLevels`
 */
export function flaggedRegionProfile(
  map: ArrayLike<number>,
  width: number,
  height: number,
  mapScale: number,
): Uint32Array {
  const size = width * height
  requireLength(map, size, 'Pixels of a map')
  const levels = flaggedRegionLevels.length
  const bucket = new Int8Array(size)
  const counts = new Uint32Array(levels + 1)
  for (let i = 0; i < size; i++) {
    // A little is added before rounding down, because 0.15 / 0.05 is slightly less than 3 in binary.
    const level = Math.min(levels, Math.floor((map[i] / mapScale) * 20 + 1e-6))
    bucket[i] = level
    counts[level]++
  }
  const starts = new Uint32Array(levels + 2)
  for (let level = levels; level >= 0; level--) starts[level] = starts[level + 1] + counts[level]
  const order = new Uint32Array(size)
  const next = Uint32Array.from({ length: levels + 1 }, (_, level) => starts[level + 1])
  for (let i = 0; i < size; i++) {
    const level = bucket[i]
    order[next[level]] = i
    next[level]++
  }

  // -1 for a pixel that is below the present level; the root of a region is its own parent.
  const parent = new Int32Array(size).fill(-1)
  const area = new Uint32Array(size)
  const rootOf = (pixel: number): number => {
    let at = pixel
    for (;;) {
      const up = parent[at]
      if (up === at) return at
      const above = parent[up]
      parent[at] = above
      at = above
    }
  }
  const profile = new Uint32Array(levels)
  let largest = 0
  let placed = 0
  for (let level = levels; level >= 1; level--) {
    const end = starts[level]
    for (; placed < end; placed++) {
      const pixel = order[placed]
      parent[pixel] = pixel
      area[pixel] = 1
      const x = pixel % width
      const y = (pixel - x) / width
      let root = pixel
      for (let dy = y > 0 ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy++) {
        for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++) {
          const neighbor = pixel + dy * width + dx
          if (neighbor === pixel || parent[neighbor] === -1) continue
          const other = rootOf(neighbor)
          if (other === root) continue
          const [from, into] = area[root] < area[other] ? [root, other] : [other, root]
          parent[from] = into
          area[into] += area[from]
          root = into
        }
      }
      if (area[root] > largest) largest = area[root]
    }
    profile[level - 1] = largest
  }
  return profile
}
