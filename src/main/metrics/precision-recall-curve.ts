import type { Labels, Scores } from './input.ts'
import { type Ranking, rank } from './ranking.ts'

/** Points of a precision-recall curve, recall ascending; an item is flagged at score >= threshold. */
export interface PrecisionRecallCurve {
  /** Share of flagged items that are anomalous; 1 at the first point, where nothing is flagged. */
  precision: Float64Array
  /** Share of anomalous items that are flagged. */
  recall: Float64Array
  /** Highest first; the first is Infinity. */
  thresholds: Float64Array
}

/** One point for each distinct score after the start at recall 0. Null when no item is anomalous. */
export const precisionRecallCurve = (scores: Scores, labels: Labels): PrecisionRecallCurve | null =>
  precisionRecallOf(rank(scores, labels))

/** `precisionRecallCurve` of items that were ranked before. */
export function precisionRecallOf(ranking: Ranking): PrecisionRecallCurve | null {
  const { thresholds, truePositives, falsePositives, positives } = ranking
  if (positives === 0) return null
  const precision = new Float64Array(thresholds.length + 1)
  const recall = new Float64Array(thresholds.length + 1)
  const withStart = new Float64Array(thresholds.length + 1)
  precision[0] = 1
  withStart[0] = Number.POSITIVE_INFINITY
  for (let i = 0; i < thresholds.length; i++) {
    const hits = truePositives[i]
    precision[i + 1] = hits / (hits + falsePositives[i])
    recall[i + 1] = hits / positives
    withStart[i + 1] = thresholds[i]
  }
  return { precision, recall, thresholds: withStart }
}
