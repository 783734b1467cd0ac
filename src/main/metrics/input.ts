import { Failure } from '../../shared/failure.ts'

/** Anomaly scores, one for each item; higher means more anomalous. Infinities are allowed, NaN is not. */
export type Scores = ArrayLike<number>

/** What each item is: 0 normal, anything else anomalous. */
export type Labels = ArrayLike<number>

/** Throws Failure `metrics-length` unless both have the same length. */
export function requireSameLength(a: ArrayLike<unknown>, b: ArrayLike<unknown>, what: string): void {
  if (a.length === b.length) return
  throw new Failure(
    'metrics-length',
    `${what} differ in number: ${a.length} and ${b.length}.`,
    'Give one of each for every item; score the images again if some have no score.',
  )
}

/** The Failure `metrics-nan` for the item at `index`. */
export function notANumber(index: number): Failure {
  return new Failure(
    'metrics-nan',
    `The score of item ${index} is not a number, so it has no place in a ranking.`,
    'Score that image again; if it happens again the model has diverged and must be trained again.',
  )
}

/** Throws Failure `metrics-nan` for the first score that is not a number. */
export function requireNumbers(scores: Scores): void {
  for (let i = 0; i < scores.length; i++) if (Number.isNaN(scores[i])) throw notANumber(i)
}

/** Throws Failure `metrics-argument` unless `value` lies in the open or closed range that is named. */
export function requireArgument(holds: boolean, name: string, range: string): void {
  if (holds) return
  throw new Failure('metrics-argument', `${name} must be ${range}.`, 'Correct the value and try again.')
}
