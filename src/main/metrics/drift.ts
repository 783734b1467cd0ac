/**
 * Tests whether scores that arrive one after the other still have the distribution of the reference. All tests use
 * ranks, so that no shape of the distribution is assumed.
 */
import type { Random } from '../platform/random.ts'
import { requireArgument } from './input.ts'
import { normalQuantile } from './normal-distribution.ts'

interface ChartPoint {
  /** Exponentially weighted mean of normal scores; 0 where nothing has changed. */
  value: number
  /** The control limits are at -limit and limit. */
  limit: number
}

/** Weight of the newest part, and the width of the limits in standard deviations (Lucas and Saccucci, 1990). */
const lambda = 0.1
const width = 2.814

/**
 * EWMA control chart (Roberts, 1959) of z = the normal quantile of each score's rank in the reference; with these
 * weights a false alarm comes once in 500 parts.
 * @param reference ascending
 */
export function ewmaChart(reference: ArrayLike<number>, scores: ArrayLike<number>): ChartPoint[] {
  const points: ChartPoint[] = []
  let value = 0
  let left = 1
  for (let i = 0; i < scores.length; i++) {
    value = lambda * normalScore(reference, scores[i]) + (1 - lambda) * value
    left *= (1 - lambda) ** 2
    points.push({ value, limit: width * Math.sqrt((lambda / (2 - lambda)) * (1 - left)) })
  }
  return points
}

function normalScore(reference: ArrayLike<number>, score: number): number {
  let below = 0
  let equal = 0
  for (let i = 0; i < reference.length; i++) {
    if (reference[i] < score) below++
    else if (reference[i] === score) equal++
  }
  return normalQuantile((below + equal / 2 + 0.5) / (reference.length + 1))
}

/**
 * The most bins: deciles. Fewer where a bin would hold less than ten scores, since by chance alone the index is then
 * about a tenth.
 */
const mostBins = 10
const perBin = 10

/**
 * Population stability index between the reference and a sample: sum of (q - p) ln(q / p) over bins of equal share
 * in the reference. Below 0.1 nothing has changed, above 0.25 much has. Half a part is added to each bin, so that an
 * empty one does not make it infinite. Null when there are too few of either for two bins.
 */
export function stabilityIndex(reference: ArrayLike<number>, sample: ArrayLike<number>): number | null {
  const bins = Math.min(mostBins, Math.floor(Math.min(reference.length, sample.length) / perBin))
  if (bins < 2) return null
  const edges = Array.from(
    { length: bins - 1 },
    (_, i) => reference[Math.floor(((i + 1) * reference.length) / bins)],
  )
  const shares = (values: ArrayLike<number>): number[] => {
    const counts = new Array<number>(bins).fill(0.5)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      const bin = edges.filter((edge) => value >= edge).length
      counts[bin]++
    }
    return counts.map((count) => count / (values.length + bins / 2))
  }
  const expected = shares(reference)
  const found = shares(sample)
  return expected.reduce((sum, p, i) => {
    const q = found[i]
    return sum + (q - p) * Math.log(q / p)
  }, 0)
}

/**
 * The probability that a bet changes, and the bets (Vovk et al., "Retrain or not retrain", 2021, the simple jumper).
 */
const jump = 0.01
const bets = [-1, 0, 1] as const

/**
 * A conformal test martingale: the capital of a gambler who bets against the parts being like the reference, after
 * each part, as its natural logarithm. However often it is looked at, the chance that it ever reaches 1 / alpha
 * without a change is at most alpha (Ville, 1939), so it may be checked after every part.
 * @param reference in any order
 */
export function testMartingale(
  reference: ArrayLike<number>,
  scores: ArrayLike<number>,
  random: Random,
): Float64Array {
  requireArgument(reference.length > 0, 'reference-scores')
  const seen = Float64Array.from(reference).sort()
  const known: number[] = [...seen]
  const result = new Float64Array(scores.length)
  let capital = bets.map(() => 1 / bets.length)
  let logarithm = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]
    const first = place(known, (other) => other >= score)
    const after = place(known, (other) => other > score)
    known.splice(first, 0, score)
    // The rank of the score among itself and all before it, with ties broken at random: uniformly distributed as long
    // as nothing changes.
    const p = (known.length - 1 - after + random.uniform() * (after - first + 1)) / known.length
    const total = capital.reduce((sum, part) => sum + part, 0)
    capital = capital.map(
      (part, bet) => ((1 - jump) * part + (jump * total) / bets.length) * (1 + bets[bet] * (p - 0.5)),
    )
    const now = capital.reduce((sum, part) => sum + part, 0)
    logarithm += Math.log(now)
    capital = capital.map((part) => part / now)
    result[i] = logarithm
  }
  return result
}

function place(sorted: readonly number[], reached: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (reached(sorted[middle])) high = middle
    else low = middle + 1
  }
  return low
}
