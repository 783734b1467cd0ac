/**
 * How large the largest connected region of an anomaly map is at each of some levels. From it follows, without
 * reading maps again, whether a part has a region of at least some area and at least some strength.
 */

/** Shares of the run's map scale, which is twice the 99.5th percentile of maps of normal validation images. */
export const regionLevels: readonly number[] = Array.from({ length: 40 }, (_, i) => (i + 1) / 20)

/** The level that stands for a strength: the nearest one. */
export function regionLevel(strength: number, mapScale: number): number {
  const share = strength / mapScale
  return Math.min(regionLevels.length, Math.max(1, Math.round(share * 20))) - 1
}

/**
 * Pixels of the largest region, neighbors by side or corner, at or above each level. One pass from the highest
 * level down, joining each pixel to the regions that it touches (union-find): linear, whatever the levels.
 * @param map row-major, in any unit @param mapScale what 1 of `regionLevels` is, in that unit
 */
export function regionProfile(
  map: ArrayLike<number>,
  width: number,
  height: number,
  mapScale: number,
): Uint32Array {
  const size = width * height
  const levels = regionLevels.length
  const bucket = new Int8Array(size)
  const counts = new Uint32Array(levels + 1)
  for (let i = 0; i < size; i++) {
    // Rounded as the levels are: 0.15 / 0.05 is not 3 in binary.
    const level = Math.min(levels, Math.floor(((map[i] ?? 0) / mapScale) * 20 + 1e-6))
    bucket[i] = level
    counts[level] = (counts[level] ?? 0) + 1
  }
  const starts = new Uint32Array(levels + 2)
  for (let level = levels; level >= 0; level--)
    starts[level] = (starts[level + 1] ?? 0) + (counts[level] ?? 0)
  const order = new Uint32Array(size)
  const next = Uint32Array.from({ length: levels + 1 }, (_, level) => starts[level + 1] ?? 0)
  for (let i = 0; i < size; i++) {
    const level = bucket[i] ?? 0
    order[next[level] ?? 0] = i
    next[level] = (next[level] ?? 0) + 1
  }

  // -1 not reached yet; a root holds itself.
  const parent = new Int32Array(size).fill(-1)
  const area = new Uint32Array(size)
  const rootOf = (pixel: number): number => {
    let at = pixel
    for (;;) {
      const up = parent[at] ?? at
      if (up === at) return at
      const above = parent[up] ?? up
      parent[at] = above
      at = above
    }
  }
  const profile = new Uint32Array(levels)
  let largest = 0
  let placed = 0
  for (let level = levels; level >= 1; level--) {
    const end = starts[level] ?? 0
    for (; placed < end; placed++) {
      const pixel = order[placed] ?? 0
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
          const [from, into] = (area[root] ?? 0) < (area[other] ?? 0) ? [root, other] : [other, root]
          parent[from] = into
          area[into] = (area[into] ?? 0) + (area[from] ?? 0)
          root = into
        }
      }
      if ((area[root] ?? 0) > largest) largest = area[root] ?? 0
    }
    profile[level - 1] = largest
  }
  return profile
}
