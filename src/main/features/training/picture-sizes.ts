/** The sizes of photographs, and whether whole ones can be scaled to one square. */

export interface SizeCount {
  width: number
  height: number
  /** Number of photographs of this size. */
  count: number
}

/** Whole photographs are looked at where at least this share of them has one size; single odd ones change nothing. */
const leastShare = 0.9
/** A photograph this many times longer than wide, as of a line-scan camera, is not squeezed to a square. */
const longest = 3

/** How many photographs there are of each size. */
export function countSizes(pictures: readonly Pick<SizeCount, 'width' | 'height'>[]): SizeCount[] {
  const bySize = new Map<string, SizeCount>()
  for (const { width, height } of pictures) {
    const key = `${width} ${height}`
    bySize.set(key, { width, height, count: (bySize.get(key)?.count ?? 0) + 1 })
  }
  return [...bySize.values()]
}

/** The most frequent size; null where there is no photograph. */
export function commonSize(sizes: readonly SizeCount[]): (SizeCount & { of: number }) | null {
  const of = sizes.reduce((sum, { count }) => sum + count, 0)
  const [common] = [...sizes].sort((a, b) => b.count - a.count || a.width - b.width || a.height - b.height)
  return common === undefined ? null : { ...common, of }
}

/** How many times longer than wide, or wider than long. */
export const elongation = ({ width, height }: Pick<SizeCount, 'width' | 'height'>): number =>
  Math.max(width, height) / Math.min(width, height)

export const isMostlyOneSize = (sizes: readonly SizeCount[]): boolean => {
  const common = commonSize(sizes)
  return common === null || common.count >= leastShare * common.of
}

/** Whether whole photographs, each scaled to the same square, are what a training on these sizes should see. */
export function suitsWhole(sizes: readonly SizeCount[]): boolean {
  const common = commonSize(sizes)
  return isMostlyOneSize(sizes) && (common === null || elongation(common) < longest)
}

/** The longer side of the median photograph, in pixels; 0 where there is none. */
export function medianSide(sizes: readonly SizeCount[]): number {
  const sides = sizes
    .map(({ width, height, count }) => ({ side: Math.max(width, height), count }))
    .sort((a, b) => a.side - b.side)
  const half = Math.floor(sides.reduce((sum, { count }) => sum + count, 0) / 2)
  let before = 0
  for (const { side, count } of sides) {
    before += count
    if (before > half) return side
  }
  return 0
}
