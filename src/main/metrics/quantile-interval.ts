import { requireArgument } from './input.ts'
import type { Interval } from './wilson.ts'

/**
 * Interval for the value below which a share of a population lies, whatever its distribution: between order
 * statistics, by the binomial number of values below the quantile. With whole order statistics the coverage would
 * exceed the level, so each end is interpolated between two of them (Nyblom, "Note on interpolated order statistics",
 * 1992). Where there are too few values to reach the level, the interval ends at the first or last value. Null when
 * there are no values.
 *
 * @param sorted ascending
 * @param share in (0, 1)
 */
export function quantileInterval(sorted: ArrayLike<number>, share: number, level = 0.95): Interval | null {
  requireArgument(share > 0 && share < 1, 'inner-quantile-share')
  requireArgument(level > 0 && level < 1, 'level')
  const n = sorted.length
  if (n === 0) return null
  const outside = (1 - level) / 2
  return {
    low: lowerEnd((rank) => sorted[rank - 1], { n, share, outside }),
    // The upper end is the lower end of the values in reverse order.
    high: lowerEnd((rank) => sorted[n - rank], { n, share: 1 - share, outside }),
  }
}

interface Quantile {
  n: number
  share: number
  /** The probability that the quantile lies beyond this end. */
  outside: number
}

/** @param at the value of a rank, from 1 on */
function lowerEnd(at: (rank: number) => number, { n, share, outside }: Quantile): number {
  const odds = Math.log(share / (1 - share))
  // The binomial's terms from 0 on, in logarithms, because the first ones are too small for a floating-point number.
  let logTerm = n * Math.log1p(-share)
  // P(X <= rank - 1): how likely the quantile is to lie below the value of that rank.
  let below = Math.exp(logTerm)
  if (below > outside) return at(1)
  for (let rank = 1; rank < n; rank++) {
    logTerm += Math.log((n - rank + 1) / rank) + odds
    const next = below + Math.exp(logTerm)
    if (next > outside) {
      // Nyblom's weight of the upper of the two.
      const ratio = (rank * (1 - share) * (next - outside)) / ((n - rank) * share * (outside - below))
      const weight = 1 / (1 + ratio)
      return (1 - weight) * at(rank) + weight * at(rank + 1)
    }
    below = next
  }
  return at(n)
}
