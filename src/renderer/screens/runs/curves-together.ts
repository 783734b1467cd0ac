/** Curves of two runs on one axis of steps. */
import type { PhaseCurves } from '../../data/loss-curves.ts'

interface CurvePair {
  phase: string
  name: string
  steps: number[]
  a: (number | null)[]
  b: (number | null)[]
}

/** Every loss that both have, at every step that either tells. */
export function curvePairs(a: readonly PhaseCurves[], b: readonly PhaseCurves[]): CurvePair[] {
  return b.flatMap((ofB) => {
    const ofA = a.find(({ phase }) => phase === ofB.phase)
    if (ofA === undefined) return []
    const steps = [...new Set([...ofA.steps, ...ofB.steps])].sort((x, y) => x - y)
    const on = (curves: PhaseCurves, values: readonly (number | null)[]): (number | null)[] => {
      const byStep = new Map(curves.steps.map((step, i) => [step, values[i] ?? null]))
      return steps.map((step) => byStep.get(step) ?? null)
    }
    return ofB.series.flatMap(({ name, values }) => {
      const other = ofA.series.find((series) => series.name === name)
      if (other === undefined) return []
      return [{ phase: ofB.phase, name, steps, a: on(ofA, other.values), b: on(ofB, values) }]
    })
  })
}
