import { type Labels, requireArgument, requireNumbers, requireSameLength, type Scores } from './input.ts'

/** The target of a threshold: the greatest share of normal items flagged, or the least share of anomalous ones. */
type RateTarget = { falseRejectRate: number } | { recall: number }

interface RateAtTarget {
  /**
   * The other rate at the target for resampled items (one count per item; the threshold is chosen again for each
   * draw): recall for a false-reject rate, the false-reject rate for a recall. Null when a class is empty.
   */
  rate(counts: ArrayLike<number>): number | null
  /**
   * Items with score >= threshold are flagged. It lies halfway to the next lower score, so that rounding does not
   * matter.
   */
  threshold: number
}

/**
 * The best threshold for a target and the rates at it. Equal scores are flagged together, so a target may be
 * exceeded, but it is never missed.
 */
export function rateAtTarget(scores: Scores, labels: Labels, target: RateTarget): RateAtTarget {
  requireSameLength(scores, labels, 'scores-and-labels')
  requireNumbers(scores)
  const wanted = 'recall' in target ? target.recall : target.falseRejectRate
  requireArgument(wanted >= 0 && wanted <= 1, 'rate-target')
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => scores[b] - scores[a])
  const scoreAt = (place: number): number => scores[order[place]]

  /** How many items from the highest score down are flagged, and the share of each class among them. */
  function flagged(
    counts: ArrayLike<number>,
  ): { places: number; recall: number; falseRejects: number } | null {
    let positives = 0
    let negatives = 0
    for (let i = 0; i < scores.length; i++) {
      if (labels[i] !== 0) positives += counts[i]
      else negatives += counts[i]
    }
    if (positives === 0 || negatives === 0) return null
    // A small tolerance, so that rounding does not cost an item: 0.07 * 100 is a little more than 7.
    const allowed = 'recall' in target ? negatives : Math.floor(wanted * negatives + 1e-9)
    const needed = 'recall' in target ? Math.ceil(wanted * positives - 1e-9) : positives + 1
    let truePositives = 0
    let falsePositives = 0
    let places = 0
    while (places < order.length && truePositives < needed) {
      let end = places
      let anomalous = 0
      let normal = 0
      while (end < order.length && scoreAt(end) === scoreAt(places)) {
        const item = order[end]
        if (labels[item] !== 0) anomalous += counts[item]
        else normal += counts[item]
        end++
      }
      if (falsePositives + normal > allowed) break
      truePositives += anomalous
      falsePositives += normal
      places = end
    }
    return { places, recall: truePositives / positives, falseRejects: falsePositives / negatives }
  }

  const all = new Uint8Array(scores.length).fill(1)
  const places = flagged(all)?.places ?? placesOfNormals(order, labels, target)
  return {
    rate(counts) {
      requireSameLength(counts, scores, 'counts-and-scores')
      const found = flagged(counts)
      if (found === null) return null
      return 'recall' in target ? found.falseRejects : found.recall
    },
    threshold: thresholdAfter(places, order.length, scoreAt),
  }
}

/** Without anomalous items, a false-reject rate still gives a threshold, but a recall does not. */
function placesOfNormals(order: Uint32Array, labels: Labels, target: RateTarget): number {
  if ('recall' in target || order.some((item) => labels[item] !== 0)) return 0
  return Math.floor(target.falseRejectRate * order.length + 1e-9)
}

function thresholdAfter(places: number, length: number, scoreAt: (place: number) => number): number {
  if (length === 0) return 0
  if (places === 0) return scoreAt(0) + Math.max(1e-12, Math.abs(scoreAt(0)) * 1e-9)
  if (places === length) return scoreAt(length - 1)
  const middle = (scoreAt(places - 1) + scoreAt(places)) / 2
  return middle > scoreAt(places) ? middle : scoreAt(places - 1)
}
