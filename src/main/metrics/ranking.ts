import { type Labels, requireNumbers, requireSameLength, type Scores } from './input.ts'

/** How many items are at or above each distinct score. All curves are computed from this table. */
export interface Ranking {
  /** The distinct scores, highest first. */
  thresholds: Float64Array
  /** Anomalous items with a score at or above the threshold. */
  truePositives: Float64Array
  /** Normal items with a score at or above the threshold. */
  falsePositives: Float64Array
  /** All anomalous items. */
  positives: number
  /** All normal items. */
  negatives: number
}

/** The scores of each class, ascending. */
export interface SortedScores {
  normal: Float64Array
  anomalous: Float64Array
}

/** The scores of each class, ascending. Throws Failure `metrics-length` or `metrics-nan`. */
export function sortedByClass(scores: Scores, labels: Labels): SortedScores {
  requireSameLength(scores, labels, 'scores-and-labels')
  requireNumbers(scores)
  let positives = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0) positives++
  const anomalous = new Float64Array(positives)
  const normal = new Float64Array(scores.length - positives)
  let a = 0
  let n = 0
  for (let i = 0; i < scores.length; i++) {
    // Adding 0 makes -0 the same score as 0, which a typed array's order tells apart.
    const score = scores[i] + 0
    if (labels[i] !== 0) anomalous[a++] = score
    else normal[n++] = score
  }
  return { normal: normal.sort(), anomalous: anomalous.sort() }
}

/** Merges both classes from the highest score down; equal scores share one threshold. */
export const rank = (scores: Scores, labels: Labels): Ranking => rankSorted(sortedByClass(scores, labels))

/** The same of scores that are sorted already. */
export function rankSorted({ normal, anomalous }: SortedScores): Ranking {
  const length = normal.length + anomalous.length
  const thresholds = new Float64Array(length)
  const truePositives = new Float64Array(length)
  const falsePositives = new Float64Array(length)
  let a = anomalous.length
  let n = normal.length
  let count = 0
  while (a > 0 || n > 0) {
    const threshold = Math.max(
      a > 0 ? anomalous[a - 1] : Number.NEGATIVE_INFINITY,
      n > 0 ? normal[n - 1] : Number.NEGATIVE_INFINITY,
    )
    while (a > 0 && anomalous[a - 1] === threshold) a--
    while (n > 0 && normal[n - 1] === threshold) n--
    thresholds[count] = threshold
    truePositives[count] = anomalous.length - a
    falsePositives[count] = normal.length - n
    count++
  }
  return {
    thresholds: thresholds.slice(0, count),
    truePositives: truePositives.slice(0, count),
    falsePositives: falsePositives.slice(0, count),
    positives: anomalous.length,
    negatives: normal.length,
  }
}
