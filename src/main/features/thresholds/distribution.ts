/** The distribution of the scores of a validation set, reduced to the number of points that a screen can show. */
import type { Distribution } from '../../../shared/threshold.ts'
import { stepArea } from '../../metrics/average-precision.ts'
import { delongIntervalSorted } from '../../metrics/delong.ts'
import { precisionRecallOf } from '../../metrics/precision-recall-curve.ts'
import { quantile } from '../../metrics/quantile.ts'
import { rankSorted, sortedByClass } from '../../metrics/ranking.ts'
import { rocOf } from '../../metrics/roc-curve.ts'

const bins = 160
/** Points closer than this cannot be distinguished on a screen. */
const resolution = 1 / 400

type Drawn = Omit<Distribution, 'settings' | 'start'>

export function distribution(scores: Float64Array, labels: Uint8Array): Drawn {
  const sorted = sortedByClass(scores, labels)
  const { low, high } = range(merged(sorted.normal, sorted.anomalous))
  const normal = new Array<number>(bins).fill(0)
  const anomalous = new Array<number>(bins).fill(0)
  const width = (high - low) / bins
  let beyond = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]
    if (score > high) beyond++
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((score - low) / width)))
    const counts = labels[i] === 0 ? normal : anomalous
    counts[bin]++
  }
  const area = delongIntervalSorted(sorted)
  const ranking = rankSorted(sorted)
  const roc = rocOf(ranking)
  const precisionRecall = precisionRecallOf(ranking)
  return {
    low,
    high,
    beyond,
    normal,
    anomalous,
    auroc: area && { value: area.auroc, low: area.low, high: area.high },
    averagePrecision: precisionRecall && stepArea(precisionRecall),
    roc: roc && drawn(roc.fpr, roc.tpr),
    precisionRecall: precisionRecall && drawn(precisionRecall.recall, precisionRecall.precision),
  }
}

/** Merges two ascending lists. */
function merged(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length)
  let j = 0
  let to = 0
  for (const value of a) {
    while (j < b.length && b[j] < value) all[to++] = b[j++]
    all[to++] = value
  }
  all.set(b.subarray(j), to)
  return all
}

/**
 * The range to show: all scores if they lie close together; otherwise, where a few lie far above, 1.5 times the range
 * of the others.
 */
function range(sorted: Float64Array): { low: number; high: number } {
  const low = sorted[0] ?? 0
  const high = sorted.at(-1) ?? 1
  const most = quantile(sorted, 0.98) ?? high
  const top = high - low > 3 * (most - low) && most > low ? low + 1.5 * (most - low) : high
  return top > low ? { low, high: top } : { low: low - 0.5, high: low + 0.5 }
}

/** The points of a curve that can be distinguished on a screen. */
function drawn(x: Float64Array, y: Float64Array): { x: number[]; y: number[] } {
  const kept: { x: number[]; y: number[] } = { x: [], y: [] }
  let lastX = Number.NaN
  let lastY = Number.NaN
  for (let i = 0; i < x.length; i++) {
    const [atX, atY] = [x[i], y[i]]
    const near = Math.abs(atX - lastX) < resolution && Math.abs(atY - lastY) < resolution
    if (near && i < x.length - 1) continue
    kept.x.push(atX)
    kept.y.push(atY)
    lastX = atX
    lastY = atY
  }
  return kept
}
