import type { Labels, Scores } from './input.ts'
import { rank } from './ranking.ts'

/** The threshold with the greatest F1, and what it gives; an item is flagged at score >= threshold. */
interface BestF1 {
  threshold: number
  f1: number
  precision: number
  recall: number
}

/**
 * The best F1 over all thresholds that are scores of an item. Of equally good ones the highest is taken,
 * which flags the fewest. Null when no item is anomalous.
 */
export function f1AtBest(scores: Scores, labels: Labels): BestF1 | null {
  const { thresholds, truePositives, falsePositives, positives } = rank(scores, labels)
  if (positives === 0) return null
  let best: BestF1 = { threshold: Number.POSITIVE_INFINITY, f1: -1, precision: 1, recall: 0 }
  for (let i = 0; i < thresholds.length; i++) {
    const hits = truePositives[i]
    const flagged = hits + falsePositives[i]
    const f1 = (2 * hits) / (flagged + positives)
    if (f1 > best.f1) {
      best = { threshold: thresholds[i], f1, precision: hits / flagged, recall: hits / positives }
    }
  }
  return best
}
