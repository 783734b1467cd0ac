import type { Labels, Scores } from './input.ts'
import { type Ranking, rank } from './ranking.ts'

/** Points of a ROC curve from (0, 0) to (1, 1); an item is flagged at score >= threshold. */
interface RocCurve {
  /** Share of normal items that are flagged. */
  fpr: Float64Array
  /** Share of anomalous items that are flagged. */
  tpr: Float64Array
  /** Highest first; the first is Infinity, where nothing is flagged. */
  thresholds: Float64Array
}

/** One point for each distinct score, none dropped. Null when one of the classes is empty. */
export const rocCurve = (scores: Scores, labels: Labels): RocCurve | null => rocOf(rank(scores, labels))

/** `rocCurve` of items that were ranked before. */
export function rocOf(ranking: Ranking): RocCurve | null {
  const { thresholds, truePositives, falsePositives, positives, negatives } = ranking
  if (positives === 0 || negatives === 0) return null
  const shares = (counts: Float64Array, total: number): Float64Array => {
    const out = new Float64Array(counts.length + 1)
    for (let i = 0; i < counts.length; i++) out[i + 1] = counts[i] / total
    return out
  }
  const withStart = new Float64Array(thresholds.length + 1)
  withStart[0] = Number.POSITIVE_INFINITY
  withStart.set(thresholds, 1)
  return {
    fpr: shares(falsePositives, negatives),
    tpr: shares(truePositives, positives),
    thresholds: withStart,
  }
}
