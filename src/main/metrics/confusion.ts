import { type Labels, requireNumbers, requireSameLength, type Scores } from './input.ts'

/** How many items of each class are flagged. */
interface Confusion {
  truePositives: number
  falsePositives: number
  trueNegatives: number
  falseNegatives: number
}

/** Counts at one threshold; an item is flagged at score >= threshold. */
export function confusion(scores: Scores, labels: Labels, threshold: number): Confusion {
  requireSameLength(scores, labels, 'scores-and-labels')
  requireNumbers(scores)
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 }
  for (let i = 0; i < scores.length; i++) {
    const flagged = scores[i] >= threshold
    if (labels[i] !== 0) counts[flagged ? 'truePositives' : 'falseNegatives']++
    else counts[flagged ? 'falsePositives' : 'trueNegatives']++
  }
  return counts
}

/** Shares read from the counts; null where there is nothing to take a share of. */
interface Rates {
  /** Of the flagged items, the share that is anomalous; null when none is flagged. */
  precision: number | null
  /** Of the anomalous items, the share that is flagged; null when there is none. */
  recall: number | null
  /** Of the normal items, the share that is flagged; null when there is none. */
  falseRejectRate: number | null
  /** Of the anomalous items, the share that passed; null when there is none. */
  escapeRate: number | null
  /** 2 TP / (2 TP + FP + FN); null when there is nothing but true negatives. */
  f1: number | null
}

export function rates(counts: Confusion): Rates {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts
  const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)
  return {
    precision: share(truePositives, truePositives + falsePositives),
    recall: share(truePositives, truePositives + falseNegatives),
    falseRejectRate: share(falsePositives, falsePositives + trueNegatives),
    escapeRate: share(falseNegatives, truePositives + falseNegatives),
    f1: share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  }
}
