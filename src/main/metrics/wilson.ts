import { requireArgument } from './input.ts'
import { normalQuantile } from './normal-distribution.ts'

/** A confidence interval at the stated level. */
export interface Interval {
  low: number
  high: number
}

/**
 * Wilson's score interval for a share of `k` out of `n` (Wilson, 1927), which is reliable near 0 and 1 and for small
 * n, where the usual "plus or minus" interval is not. Null for n = 0.
 */
export function wilson(k: number, n: number, level = 0.95): Interval | null {
  requireArgument(Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n, 'share-counts')
  requireArgument(level > 0 && level < 1, 'level')
  if (n === 0) return null
  const z = normalQuantile((1 + level) / 2)
  const share = k / n
  const scale = 1 + (z * z) / n
  const centre = (share + (z * z) / (2 * n)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  // The ends are exactly 0 and 1 there, without rounding errors.
  return { low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half }
}
