/** The targets for which a threshold can be chosen, and the threshold that a set of scores gives. */
import { Failure } from '../../../shared/failure.ts'
import { type Labels, requireSameLength, type Scores } from '../../metrics/input.ts'
import { sortedByClass } from '../../metrics/ranking.ts'

export type Target =
  | { kind: 'f1' }
  /** The greatest share of good parts that may be flagged, in [0, 1). */
  | { kind: 'fpr'; share: number }
  /** The least share of defects that must be flagged, in (0, 1]. */
  | { kind: 'recall'; share: number }
  /** What a false reject and an escape cost, in any unit. */
  | { kind: 'cost'; falseReject: number; escape: number }
  /** The percentile of good parts at which the threshold lies, in (0, 100]; it needs no known defect. */
  | { kind: 'percentile'; percentile: number }

/** @throws Failure `bad-target` */
export function parseTarget(text: string): Target {
  const refuse = (what: string): Failure => new Failure('bad-target', { case: what, text })
  const [kind, value, ...rest] = text.trim().toLowerCase().split('=')
  if (rest.length > 0) throw refuse('equals-signs')
  const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value)
  switch (kind) {
    case 'f1':
      if (value !== undefined) throw refuse('f1')
      return { kind }
    case 'fpr':
      if (!(number >= 0 && number < 1)) throw refuse('fpr')
      return { kind, share: number }
    case 'recall':
      if (!(number > 0 && number <= 1)) throw refuse('recall')
      return { kind, share: number }
    case 'percentile':
      if (!(number > 0 && number <= 100)) throw refuse('percentile')
      return { kind, percentile: number }
    case 'cost': {
      const [, alarm, miss] = /^\s*([\d.]+)\s*:\s*([\d.]+)\s*$/.exec(value ?? '') ?? []
      const costs = { falseReject: Number(alarm), escape: Number(miss) }
      if (!(costs.falseReject > 0 && costs.escape > 0)) {
        throw refuse('cost')
      }
      return { kind, ...costs }
    }
    default:
      throw refuse('unknown')
  }
}

/** The target as text, in the form that `parseTarget` reads. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case 'f1':
      return 'f1'
    case 'fpr':
    case 'recall':
      return `${target.kind}=${target.share}`
    case 'percentile':
      return `percentile=${target.percentile}`
    case 'cost':
      return `cost=${target.falseReject}:${target.escape}`
  }
}

/** Whether the target needs labeled defects. */
export const needsDefects = (target: Target): boolean => target.kind !== 'fpr' && target.kind !== 'percentile'

/**
 * Chooses thresholds of resampled items without sorting again: the returned function takes how often each item was
 * drawn and gives the threshold. An item is flagged at score >= threshold. A threshold lies halfway between the two
 * scores that it separates, so that it does not depend on the last digit of one of them; a percentile is interpolated
 * (Hyndman and Fan's type 7). Null where nothing was drawn on which a threshold could be chosen.
 */
export function thresholdChooser(
  scores: Scores,
  labels: Labels,
  target: Target,
): (counts: ArrayLike<number>) => number | null {
  requireSameLength(scores, labels, 'scores-and-labels')
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => scores[b] - scores[a])
  const ranked = Float64Array.from(order, (item) => scores[item])
  const anomalous = Uint8Array.from(order, (item) => (labels[item] === 0 ? 0 : 1))
  if (target.kind === 'percentile') {
    return (counts) => percentileThreshold({ order, ranked, anomalous, counts }, target.percentile)
  }
  return (counts) => partingThreshold({ order, ranked, anomalous, counts }, target)
}

/** The threshold of the items themselves. It sorts scores instead of items, which takes a tenth of the time. */
export function thresholdOf(scores: Scores, labels: Labels, target: Target): number | null {
  const { normal, anomalous } = sortedByClass(scores, labels)
  const draw = {
    order: Uint32Array.from({ length: scores.length }, (_, i) => i),
    ranked: new Float64Array(scores.length),
    anomalous: new Uint8Array(scores.length),
    counts: new Uint8Array(scores.length).fill(1),
  }
  let a = anomalous.length
  let n = normal.length
  for (let i = 0; i < scores.length; i++) {
    const isAnomalous = n === 0 || (a > 0 && anomalous[a - 1] >= normal[n - 1])
    draw.anomalous[i] = isAnomalous ? 1 : 0
    draw.ranked[i] = isAnomalous ? anomalous[--a] : normal[--n]
  }
  return target.kind === 'percentile'
    ? percentileThreshold(draw, target.percentile)
    : partingThreshold(draw, target)
}

interface Draw {
  /** Items from the highest score down, their scores and whether they are anomalous. */
  order: Uint32Array
  ranked: Float64Array
  anomalous: Uint8Array
  /** How often each item was drawn, by item. */
  counts: ArrayLike<number>
}

function totals({ order, anomalous, counts }: Draw): { positives: number; negatives: number } {
  requireSameLength(counts, order, 'counts-and-scores')
  let positives = 0
  let negatives = 0
  for (let i = 0; i < order.length; i++) {
    const count = counts[order[i]]
    if (anomalous[i] === 1) positives += count
    else negatives += count
  }
  return { positives, negatives }
}

function percentileThreshold(draw: Draw, percentile: number): number | null {
  const { order, ranked, anomalous, counts } = draw
  const { negatives } = totals(draw)
  if (negatives === 0) return null
  const place = (percentile / 100) * (negatives - 1)
  const below = Math.floor(place)
  let seen = 0
  let low: number | null = null
  for (let i = order.length - 1; i >= 0; i--) {
    if (anomalous[i] === 1) continue
    seen += counts[order[i]]
    const score = ranked[i]
    if (low === null && seen > below) low = score
    if (low !== null && seen > Math.min(below + 1, negatives - 1)) {
      return low === score ? low : low + (score - low) * (place - below)
    }
  }
  return low
}

export type PartingTarget = Exclude<Target, { kind: 'percentile' }>

/** The merit of flagging so many items: the greatest wins, and among equals the one that flags the fewest. */
export function merit(
  target: PartingTarget,
  hits: number,
  alarms: number,
  positives: number,
  negatives: number,
): number {
  switch (target.kind) {
    case 'f1':
      return (2 * hits) / (hits + alarms + positives)
    case 'cost':
      return -(target.falseReject * alarms + target.escape * (positives - hits))
    case 'fpr':
      // As many as allowed are flagged, since that finds more defects, now or later. The tolerance is for rounding.
      return alarms <= target.share * negatives + 1e-9 ? hits + alarms : Number.NEGATIVE_INFINITY
    case 'recall':
      return hits >= target.share * positives - 1e-9 ? -(hits + alarms) : Number.NEGATIVE_INFINITY
  }
}

function partingThreshold(draw: Draw, target: PartingTarget): number | null {
  const { order, ranked, anomalous, counts } = draw
  const { positives, negatives } = totals(draw)
  if (needsDefects(target) && positives === 0) return null
  if (target.kind !== 'recall' && negatives === 0) return null
  let hits = 0
  let alarms = 0
  let best = Number.NEGATIVE_INFINITY
  // The lowest flagged score and the highest score that passes; null where there is none.
  let above: number | null = null
  let chosen: { above: number | null; below: number | null } = { above: null, below: null }
  for (let i = 0; i <= order.length; i++) {
    const count = i < order.length ? counts[order[i]] : 0
    if (i < order.length && count === 0) continue
    const score = i < order.length ? ranked[i] : null
    if (score !== above || score === null) {
      const value = merit(target, hits, alarms, positives, negatives)
      if (value > best) {
        best = value
        chosen = { above, below: score }
      }
    }
    if (anomalous[i] === 1) hits += count
    else alarms += count
    above = score
  }
  return between(chosen.above, chosen.below, ranked)
}

/** The threshold halfway between two scores, or beyond the last score by a millionth of the range of scores. */
function between(above: number | null, below: number | null, ranked: Float64Array): number {
  if (above !== null && below !== null) {
    const middle = below + (above - below) / 2
    // Between two adjacent floating-point numbers there is none; the upper one is flagged nevertheless.
    return middle > below ? middle : above
  }
  const highest = ranked[0]
  const lowest = ranked[ranked.length - 1]
  const step = 1e-6 * (highest - lowest || Math.abs(highest) || 1)
  return above === null ? (below ?? 0) + step : above - step
}
