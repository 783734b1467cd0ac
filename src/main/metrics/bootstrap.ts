import type { Random } from '../platform/random.ts'
import { requireArgument } from './input.ts'
import { normalQuantile, normalTail } from './normal-distribution.ts'
import { quantile } from './quantile.ts'
import type { Interval } from './wilson.ts'

/**
 * A figure computed from how often each item was drawn (so that sorted scores need no new sorting); null when it is
 * not defined for that draw.
 */
type Statistic = (counts: Uint32Array) => number | null

interface BootstrapOptions {
  random: Random
  /** The stratum of each item (its label, or label and defect type); draws keep the size of each stratum. */
  strata: ArrayLike<number>
  statistic: Statistic
  /** Default 2000. */
  replicates?: number
  /** Default 0.95. */
  level?: number
  /**
   * `bca` (default) corrects bias and skewness (Efron, "Better bootstrap confidence intervals", 1987) at the
   * price of one evaluation for each item; `percentile` takes the plain quantiles.
   */
  method?: 'bca' | 'percentile'
}

interface BootstrapResult extends Interval {
  /** The figure of the items themselves, without resampling. */
  value: number
  /** The number of replicates for which the figure was defined. */
  replicates: number
}

/**
 * Interval of a figure by stratified resampling of the items. Any paired comparison is a bootstrap too: let
 * the statistic be the difference of two systems' figures on the same counts. Null when the figure is not
 * defined for the items themselves or for any draw.
 */
export function bootstrap(options: BootstrapOptions): BootstrapResult | null {
  const { random, strata, statistic, replicates = 2000, level = 0.95, method = 'bca' } = options
  requireArgument(level > 0 && level < 1, 'level')
  requireArgument(Number.isInteger(replicates) && replicates > 0, 'replicates')
  const size = strata.length
  const counts = new Uint32Array(size).fill(1)
  const value = statistic(counts)
  if (value === null) return null

  const members = new Map<number, number[]>()
  for (let i = 0; i < size; i++) {
    const stratum = strata[i]
    const list = members.get(stratum)
    if (list) list.push(i)
    else members.set(stratum, [i])
  }
  const groups = [...members.values()].map((list) => Uint32Array.from(list))

  const drawn: number[] = []
  for (let replicate = 0; replicate < replicates; replicate++) {
    counts.fill(0)
    for (const group of groups) {
      for (let i = 0; i < group.length; i++) {
        const item = group[random.int(group.length)]
        counts[item]++
      }
    }
    const figure = statistic(counts)
    if (figure !== null) drawn.push(figure)
  }
  const sorted = Float64Array.from(drawn).sort()
  const shares =
    method === 'bca'
      ? correctedShares(sorted, value, level, jackknife(groups, size, statistic))
      : { low: (1 - level) / 2, high: (1 + level) / 2 }
  const low = quantile(sorted, shares.low)
  const high = quantile(sorted, shares.high)
  return low === null || high === null ? null : { value, low, high, replicates: sorted.length }
}

/** The figure without each item in turn, by stratum; items whose absence leaves no figure are left out. */
function jackknife(groups: readonly Uint32Array[], size: number, statistic: Statistic): number[][] {
  const counts = new Uint32Array(size).fill(1)
  return groups.map((group) => {
    const figures: number[] = []
    for (const item of group) {
      counts[item] = 0
      const figure = statistic(counts)
      counts[item] = 1
      if (figure !== null) figures.push(figure)
    }
    return figures
  })
}

/**
 * Which shares of the sorted replicates to read: Efron's z0 from the share of replicates below the figure,
 * and the acceleration from the jackknife's influence values, summed over strata each with its own n
 * (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, equation 5.27 with their section
 * 3.2 for several samples).
 */
function correctedShares(
  sorted: Float64Array,
  value: number,
  level: number,
  without: readonly (readonly number[])[],
): Interval {
  let below = 0
  for (const figure of sorted) below += figure < value ? 1 : figure === value ? 0.5 : 0
  // If all replicates lie on one side, their number only shows that the share beyond is smaller than about one in
  // that number.
  const least = 0.5 / (sorted.length + 1)
  const z0 = normalQuantile(Math.min(1 - least, Math.max(least, below / Math.max(1, sorted.length))))

  let squares = 0
  let cubes = 0
  for (const figures of without) {
    const n = figures.length
    if (n === 0) continue
    const mean = figures.reduce((sum, figure) => sum + figure, 0) / n
    for (const figure of figures) {
      const influence = ((n - 1) * (mean - figure)) / n
      squares += influence ** 2
      cubes += influence ** 3
    }
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0
  const corrected = (share: number): number => {
    const z = z0 + normalQuantile(share)
    return 1 - normalTail(z0 + z / (1 - acceleration * z))
  }
  return { low: corrected((1 - level) / 2), high: corrected((1 + level) / 2) }
}
