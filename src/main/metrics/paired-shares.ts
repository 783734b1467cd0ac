import { requireArgument } from './input.ts'
import { type Interval, wilson } from './wilson.ts'

/** How many pairs are right in both, only in a, only in b, in neither. */
interface PairedCounts {
  both: number
  onlyA: number
  onlyB: number
  neither: number
}

/**
 * An interval for b - a, two shares of the same parts, from the Wilson intervals of both (Newcombe, Statistics in
 * Medicine 17, 1998, 2635-2650, method 10). It is reliable for few parts too, where a bootstrap has no width at all
 * if all parts had the same result. Null where there are no parts.
 */
export function pairedShares({ both, onlyA, onlyB, neither }: PairedCounts, level = 0.95): Interval | null {
  const n = both + onlyA + onlyB + neither
  requireArgument(
    [both, onlyA, onlyB, neither].every((count) => Number.isInteger(count) && count >= 0),
    'pair-counts',
  )
  const a = wilson(both + onlyA, n, level)
  const b = wilson(both + onlyB, n, level)
  if (a === null || b === null) return null
  const shareA = (both + onlyA) / n
  const shareB = (both + onlyB) / n
  const phi = correlation({ both, onlyA, onlyB, neither })
  const half = (up: number, down: number): number => Math.sqrt(up ** 2 - 2 * phi * up * down + down ** 2)
  const difference = shareB - shareA
  return {
    low: difference - half(shareB - b.low, a.high - shareA),
    high: difference + half(b.high - shareB, shareA - a.low),
  }
}

/**
 * The correlation between being right in a and being right in b; a positive one is reduced by a continuity
 * correction.
 */
function correlation({ both, onlyA, onlyB, neither }: PairedCounts): number {
  const sides = (both + onlyA) * (onlyB + neither) * (both + onlyB) * (onlyA + neither)
  if (sides === 0) return 0
  const n = both + onlyA + onlyB + neither
  const product = both * neither - onlyA * onlyB
  const lessened = product > 0 ? Math.max(0, product - n / 2) : product
  return lessened / Math.sqrt(sides)
}
