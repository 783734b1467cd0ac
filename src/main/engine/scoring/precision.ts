/** Whether a model may score in bfloat16: by its scores of the normal validation images alone. */
import { elementAt } from '../../../shared/element-at.ts'
import { compilingWith } from '../graph/compile.ts'
import { precisionHere, type WantedPrecision } from '../graph/precision-here.ts'

/** How far scores may move, as a share of the range of the middle 80 % of normal scores. */
const tolerance = 0.02

type Scores = Readonly<Record<string, readonly number[]>>

/** Whether each kind of score stays at its place among the normal ones; the lists are ascending. */
export function scoresAgree(full: Scores, low: Scores): boolean {
  return Object.entries(full).every(([kind, wanted]) => {
    const found = low[kind] ?? []
    const at = (share: number): number => wanted[Math.floor(share * (wanted.length - 1))] ?? 0
    const allowed = tolerance * (at(0.9) - at(0.1))
    return (
      found.length === wanted.length &&
      wanted.every((value, i) => Math.abs(elementAt(found, i, 'Scores in low precision') - value) <= allowed)
    )
  })
}

/** Compiles a scorer in the precision that the model was calibrated with, as far as this processor supports it. */
export const scoringWith = <T>(precision: WantedPrecision | undefined, make: () => T): T =>
  compilingWith({ precision: precisionHere(precision ?? 'float32') }, make)
