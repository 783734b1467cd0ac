/**
 * Cross-validation of what is learned of few good photographs. A new good photograph differs from what was learned in
 * every respect; one that was learned from, only in what is left out of the comparison. With many photographs it is
 * enough that it is not compared with its own cells. With few, each of them also shapes the axes and units that all are
 * measured in, so they are learned anew without it (Stone 1974, "Cross-validatory choice and assessment of statistical
 * predictions", J. R. Stat. Soc. B 36).
 */
import { fewPhotographs } from '../../model/few-photographs.ts'
import type { MomentSums, Moments } from './whitening.ts'

/** How often that is done, at most: each time for a tenth of the photographs. */
const mostFolds = 10

/** What one good photograph has by what was learned of the others. */
export interface HeldOut {
  /** Its number in the run's list of training photographs. */
  photograph: number
  /** The values of its components, in the order of their names. */
  values: readonly number[]
}

/** Whether photographs are held out in turn: there are few, and more than one. */
export const isHeldOut = (photographs: number): boolean => photographs > 1 && photographs < fewPhotographs

/** How many groups so many photographs are held out in; the one with the number n is in the group `n % folds`. */
export const foldsOf = (photographs: number): number => Math.min(mostFolds, photographs)

/** Moments of all groups but one. @param sums of each group @param make new sums for as many features */
export function momentsWithout(fold: number, sums: readonly MomentSums[], make: () => MomentSums): Moments {
  const others = make()
  for (const [at, of] of sums.entries()) if (at !== fold) others.join(of)
  return others.finish()
}
