import { requireArgument } from './input.ts'

/**
 * The value below which a share of the values lies, interpolated linearly between neighbours (Hyndman and
 * Fan's type 7, the default of NumPy and R). `sorted` is ascending and free of NaN; `share` in [0, 1]. Null
 * when there are no values.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number | null {
  requireArgument(share >= 0 && share <= 1, 'quantile-share')
  if (sorted.length === 0) return null
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]
  const high = sorted[Math.min(below + 1, sorted.length - 1)]
  // Equal infinities must not become NaN.
  return low === high ? low : low + (high - low) * (place - below)
}
