/** The ways to compute one score from what a run has stored. None of them needs another training or scoring. */
import type { ScoreSettings } from '../../../shared/threshold.ts'
import { reductions, type ScoreKind, type ScoreOptions, scoresFrom, tileScores } from '../../model/scores.ts'

/**
 * Values of k (the weight of the features) that are tried besides the one in use: a factor of ten to each side of the
 * paper's 1.
 */
const weights = [0.1, 1, 10]

/** Whether a kind of score depends on k. This is tried out with the formula itself, with every component set to 1. */
function usesWeight(names: readonly string[], options: ScoreOptions): boolean {
  const ones = new Float32Array(names.length).fill(1)
  const at = (k: number): number | undefined => tileScores(ones, names, { ...options, k })[0]
  return at(0) !== at(1)
}

/**
 * Every kind of score that the components allow, with every k and reduction; the settings in use come first.
 * @param names the components that the run stores for each tile
 * @param own the score options of the run, for everything that is not chosen here
 */
export function optionsOf(
  names: readonly string[],
  own: ScoreOptions,
  inUse: ScoreSettings,
): ScoreSettings[] {
  const kinds = scoresFrom(names)
  const settingsOf = (kind: ScoreKind): ScoreSettings[] => {
    const ks = usesWeight(names, { ...own, kind })
      ? [...new Set([inUse.k, ...weights])].sort((a, b) => a - b)
      : [inUse.k]
    return ks.flatMap((k) => reductions.map((reduction) => ({ score: kind, k, reduction })))
  }
  const isInUse = ({ score, k, reduction }: ScoreSettings): boolean =>
    score === inUse.score && k === inUse.k && reduction === inUse.reduction
  return [inUse, ...kinds.flatMap(settingsOf).filter((settings) => !isInUse(settings))]
}
