import { Failure } from '../../shared/failure.ts'

/** Anomaly scores, one for each item; higher means more anomalous. Infinities are allowed, NaN is not. */
export type Scores = ArrayLike<number>

/** What each item is: 0 normal, anything else anomalous. */
export type Labels = ArrayLike<number>

/** The cases of the Failure `metrics-length`: what must be of the same number. */
type Pair = 'scores-and-labels' | 'ranked-lists' | 'counts-and-scores' | 'map-and-mask' | 'tallies'

/** The cases of the Failure `metrics-argument`. */
type Argument =
  | 'level'
  | 'replicates'
  | 'greatest-fpr'
  | 'share-counts'
  | 'pair-counts'
  | 'mask-pixels'
  | 'map-pixels'
  | 'quantile-share'
  | 'inner-quantile-share'
  | 'reference-scores'
  | 'rate-target'

/** Throws Failure `metrics-length` unless both have the same length. */
export function requireSameLength(a: ArrayLike<unknown>, b: ArrayLike<unknown>, what: Pair): void {
  if (a.length === b.length) return
  throw new Failure('metrics-length', { case: what, first: a.length, second: b.length })
}

/** The Failure `metrics-nan` for the item at `index`. */
export function notANumber(index: number): Failure {
  return new Failure('metrics-nan', { index })
}

/** Throws Failure `metrics-nan` for the first score that is not a number. */
export function requireNumbers(scores: Scores): void {
  for (let i = 0; i < scores.length; i++) if (Number.isNaN(scores[i])) throw notANumber(i)
}

/** Throws Failure `metrics-argument`, which names the argument and its range, unless `holds`. */
export function requireArgument(holds: boolean, name: Argument): void {
  if (holds) return
  throw new Failure('metrics-argument', { case: name })
}
