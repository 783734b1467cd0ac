import { type Labels, requireArgument, type Scores } from './input.ts'
import { normalQuantile, normalTail } from './normal-distribution.ts'
import { percentileRank } from './percentile-rank.ts'
import { type SortedScores, sortedByClass } from './ranking.ts'
import type { Interval } from './wilson.ts'

/** One system's AUROC with its confidence interval. */
export interface AurocInterval extends Interval {
  auroc: number
  /** Standard deviation of the area (DeLong). */
  standardError: number
}

/** Two systems' AUROC on the same items. */
interface AurocDifference extends Interval {
  a: number
  b: number
  /** b - a. */
  difference: number
  /** Standard deviation of the difference, with the correlation of both systems taken into account. */
  standardError: number
  /** difference / standardError; null when the items show no variation to compare it with. */
  z: number | null
  /** Two-sided probability of at least such a difference between equally good systems; null with z. */
  p: number | null
}

/** Each item's share in the area: V10 of the anomalous and V01 of the normal (DeLong's equations 4 and 5). */
interface Placements {
  auroc: number
  anomalous: Float64Array
  normal: Float64Array
}

/**
 * Each item's placement among those of the other class, in n log n: the share of them below it, or above it, an
 * equal score counting one half. Null when one of the classes has fewer than two items, which leaves no
 * variance to estimate.
 */
function placements(scores: Scores, labels: Labels): Placements | null {
  const sorted = sortedByClass(scores, labels)
  const m = sorted.anomalous.length
  const n = sorted.normal.length
  if (m < 2 || n < 2) return null
  const anomalous = new Float64Array(m)
  const normal = new Float64Array(n)
  let sum = 0
  let a = 0
  let b = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]
    if (labels[i] !== 0) {
      const place = (percentileRank(sorted.normal, score) ?? 0) / 100
      anomalous[a++] = place
      sum += place
    } else normal[b++] = 1 - (percentileRank(sorted.anomalous, score) ?? 0) / 100
  }
  return { auroc: sum / m, anomalous, normal }
}

/** Of each value of `of`, the share of `among` below it, an equal one counting one half; both are ascending. */
function sharesBelow(of: Float64Array, among: Float64Array): Float64Array {
  const shares = new Float64Array(of.length)
  let below = 0
  let notAbove = 0
  for (let i = 0; i < of.length; i++) {
    const value = of[i]
    while (below < among.length && among[below] < value) below++
    while (notAbove < among.length && among[notAbove] <= value) notAbove++
    shares[i] = (below + notAbove) / (2 * among.length)
  }
  return shares
}

/** The same placements in ascending order, which is all that one system alone needs, in half the time. */
function orderedPlacements(sorted: SortedScores): Placements | null {
  if (sorted.anomalous.length < 2 || sorted.normal.length < 2) return null
  const anomalous = sharesBelow(sorted.anomalous, sorted.normal)
  const normal = sharesBelow(sorted.normal, sorted.anomalous).map((share) => 1 - share)
  return { auroc: anomalous.reduce((sum, place) => sum + place, 0) / anomalous.length, anomalous, normal }
}

/** Sample covariance of two lists of equal length, with n - 1. */
function covariance(a: Float64Array, b: Float64Array): number {
  const meanA = a.reduce((sum, value) => sum + value, 0) / a.length
  const meanB = b.reduce((sum, value) => sum + value, 0) / b.length
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - meanA) * (b[i] - meanB)
  return sum / (a.length - 1)
}

const areaCovariance = (a: Placements, b: Placements): number =>
  covariance(a.anomalous, b.anomalous) / a.anomalous.length + covariance(a.normal, b.normal) / a.normal.length

/**
 * AUROC with its interval: DeLong's variance (DeLong, DeLong and Clarke-Pearson, 1988), taken on the logit
 * scale so that the interval stays inside 0 to 1. Where the area is exactly 0 or 1 the variance says
 * nothing; the interval then comes from the smaller class alone: the area that would give no wrong pair
 * with probability 1 - level, as for a share of that many trials (the "rule of three" at 0.95).
 * Null when one of the classes has fewer than two items.
 */
export const delongInterval = (scores: Scores, labels: Labels, level = 0.95): AurocInterval | null =>
  delongIntervalSorted(sortedByClass(scores, labels), level)

/** The same of scores that are sorted already. */
export function delongIntervalSorted(sorted: SortedScores, level = 0.95): AurocInterval | null {
  requireArgument(level > 0 && level < 1, 'level')
  const placed = orderedPlacements(sorted)
  if (!placed) return null
  const { auroc, anomalous, normal } = placed
  const standardError = Math.sqrt(Math.max(0, areaCovariance(placed, placed)))
  if (auroc === 0 || auroc === 1) {
    const reach = 1 - (1 - level) ** (1 / Math.min(anomalous.length, normal.length))
    return { auroc, standardError, low: auroc === 1 ? 1 - reach : 0, high: auroc === 1 ? 1 : reach }
  }
  const z = normalQuantile((1 + level) / 2)
  const middle = Math.log(auroc / (1 - auroc))
  const half = (z * standardError) / (auroc * (1 - auroc))
  const back = (logit: number): number => 1 / (1 + Math.exp(-logit))
  return { auroc, standardError, low: back(middle - half), high: back(middle + half) }
}

/**
 * DeLong's paired test of two systems that scored the same items. The interval is of the difference b - a.
 * Null when one of the classes has fewer than two items.
 */
export function delongDifference(
  scoresA: Scores,
  scoresB: Scores,
  labels: Labels,
  level = 0.95,
): AurocDifference | null {
  requireArgument(level > 0 && level < 1, 'level')
  const a = placements(scoresA, labels)
  const b = placements(scoresB, labels)
  if (!a || !b) return null
  const difference = b.auroc - a.auroc
  const variance = areaCovariance(a, a) + areaCovariance(b, b) - 2 * areaCovariance(a, b)
  // For two systems with the same ranking, only rounding errors are left of the variance.
  const standardError = variance > 1e-15 ? Math.sqrt(variance) : 0
  const z = standardError > 0 ? difference / standardError : null
  const half = normalQuantile((1 + level) / 2) * standardError
  return {
    a: a.auroc,
    b: b.auroc,
    difference,
    standardError,
    z,
    p: z === null ? null : 2 * normalTail(Math.abs(z)),
    low: difference - half,
    high: difference + half,
  }
}
