/** From the distances of cells to the evidence against a photograph: of its farthest cells, and of all of them. */
import { requireLength } from '../../platform/array-bounds.ts'

/** The share of the cells that local evidence is the mean of: those that are farthest away. */
export const farthestShare = 0.02

/** Averages each value with its neighbors, up to eight, without what lies outside. */
export function averagedOver3x3(values: Float32Array, rows: number, columns: number): Float32Array {
  requireLength(values, rows * columns, 'Distances of cells')
  const out = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [Math.max(0, row - 1), Math.min(rows - 1, row + 1)]
    for (let column = 0; column < columns; column++) {
      const [left, right] = [Math.max(0, column - 1), Math.min(columns - 1, column + 1)]
      let sum = 0
      for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) sum += values[y * columns + x]
      out[row * columns + column] = sum / ((bottom - top + 1) * (right - left + 1))
    }
  }
  return out
}

/** Evidence against a photograph, in the unit of its distances. */
export interface Evidence {
  /** Mean of the farthest 2 % of the cells, at least of one. */
  local: number
  /** Mean of all cells. */
  all: number
}

/** @param counts 1 for each cell that counts; null where all do. Where none does, all do. */
export function evidenceOf(distances: Float32Array, counts: Uint8Array | null): Evidence {
  if (counts !== null) requireLength(counts, distances.length, 'Cells that may count')
  const inside = counts === null ? distances : distances.filter((_, cell) => counts[cell] === 1)
  const sorted = Float32Array.from(inside.length > 0 ? inside : distances).sort()
  const top = Math.max(1, Math.round(sorted.length * farthestShare))
  let [local, all] = [0, 0]
  for (let i = 0; i < sorted.length; i++) {
    all += sorted[i]
    if (i >= sorted.length - top) local += sorted[i]
  }
  return { local: local / top, all: all / sorted.length }
}

/** What is usual: mean and standard deviation, the second at least a hundredth of the first. */
export interface Usual {
  mean: number
  deviation: number
}

export function usualOf(values: readonly number[]): Usual {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1))
  // As the model file holds them, so that a loaded model gives the same scores.
  return { mean: Math.fround(mean), deviation: Math.fround(Math.max(deviation, mean / 100, 1e-6)) }
}
