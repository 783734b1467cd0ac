/**
 * How large the largest connected region of an anomaly map is at each of some levels. From it follows, without
 * reading maps again, whether a part has a region of at least some area and at least some strength.
 */
import { requireLength } from '../../platform/array-bounds.ts'

/** Shares of the run's map scale, which is twice the 99.5th percentile of maps of normal validation images. */
export const flaggedRegionLevels: readonly number[] = Array.from({ length: 40 }, (_, i) => (i + 1) / 20)

/** The level that stands for a strength: the nearest one. */
export function flaggedRegionLevel(strength: number, mapScale: number): number {
  const share = strength / mapScale
  return Math.min(flaggedRegionLevels.length, Math.max(1, Math.round(share * 20))) - 1
}

/**
 * Pixels of the largest region, neighbors by side or corner, at or above each level. One pass from the highest
 * level down, joining each pixel to the regions that it touches (union-find): linear, whatever the levels.
 * @param map row-major, in any unit @param mapScale what 1 of `regionLevels` is, in that unit
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
    // Rounded as the levels are: 0.15 / 0.05 is not 3 in binary.
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

  // -1 not reached yet; a root holds itself.
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
