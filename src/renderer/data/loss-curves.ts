/**
 * Training curves as they arrive: first all points so far, then a few at a time. A resumed training sends some points
 * again; of several for one step the newest counts.
 */
import type { CurvePoint } from '../../shared/run.ts'

/** Phases in the order of the work; main lists them by name. */
const order = ['gan', 'encoder']
const rank = (phase: string): number => (order.includes(phase) ? order.indexOf(phase) : order.length)

/** Losses of one phase on one axis of steps. */
export interface PhaseCurves {
  phase: string
  steps: number[]
  series: { name: string; values: (number | null)[] }[]
}

export class Curves {
  /** Phase, then name, then step. */
  readonly #phases = new Map<string, Map<string, Map<number, number>>>()

  add(points: readonly CurvePoint[]): void {
    for (const { phase, name, step, value } of points) {
      const names = this.#phases.get(phase) ?? new Map<string, Map<number, number>>()
      this.#phases.set(phase, names)
      const values = names.get(name) ?? new Map<number, number>()
      names.set(name, values)
      values.set(step, value)
    }
  }

  /** Losses by name, so that each keeps its color however its points came. */
  phases(): PhaseCurves[] {
    return [...this.#phases]
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map(([phase, names]) => {
        const steps = [...new Set([...names.values()].flatMap((values) => [...values.keys()]))].sort(
          (a, b) => a - b,
        )
        const series = [...names]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, values]) => ({
            name,
            values: steps.map((step) => values.get(step) ?? null),
          }))
        return { phase, steps, series }
      })
  }
}

/** Losses that fall by powers of ten are drawn on a logarithmic axis, where every value must be above zero. */
export function spansDecades(curves: PhaseCurves): boolean {
  const values = curves.series.flatMap((series) => series.values).filter((value) => value !== null)
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = values.reduce((a, b) => Math.max(a, b), 0)
  return least > 0 && most / least > 20
}
