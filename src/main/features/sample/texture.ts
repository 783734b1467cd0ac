import type { Random } from '../../platform/random.ts'

/**
 * Smooth value noise on a lattice. The same position always gives the same value, so that a grain can follow the
 * cutting direction of a surface whatever the pose of the part.
 */

/** A field of values in [-1, 1]; coordinates are in lattice cells. */
export type Field = (x: number, y: number) => number

const ease = (t: number): number => t * t * (3 - 2 * t)

/**
 * Value noise on a columns x rows lattice of uniform deviates, interpolated smoothly and repeating at its
 * borders in both directions (so an angle can run along either axis without a seam).
 */
export function valueNoise(random: Random, columns: number, rows: number): Field {
  const lattice = random.fillUniform(new Float32Array(columns * rows))
  for (let i = 0; i < lattice.length; i++) lattice[i] = 2 * lattice[i] - 1
  const at = (column: number, row: number): number => lattice[row * columns + column]
  return (x, y) => {
    const x0 = Math.floor(x)
    const y0 = Math.floor(y)
    const left = ((x0 % columns) + columns) % columns
    const top = ((y0 % rows) + rows) % rows
    const right = left + 1 === columns ? 0 : left + 1
    const bottom = top + 1 === rows ? 0 : top + 1
    const tx = ease(x - x0)
    const ty = ease(y - y0)
    const a = at(left, top)
    const b = at(left, bottom)
    const upper = a + (at(right, top) - a) * tx
    const lower = b + (at(right, bottom) - b) * tx
    return upper + (lower - upper) * ty
  }
}

/** Octaves of value noise, each at twice the frequency and half the strength of the one before; in [-1, 1]. */
export function fractalNoise(random: Random, columns: number, rows: number, octaves: number): Field {
  const layers = Array.from({ length: octaves }, (_, octave) => ({
    field: valueNoise(random, columns << octave, rows << octave),
    frequency: 1 << octave,
    weight: 0.5 ** octave,
  }))
  const total = layers.reduce((sum, layer) => sum + layer.weight, 0)
  return (x, y) => {
    let sum = 0
    for (const layer of layers) sum += layer.weight * layer.field(x * layer.frequency, y * layer.frequency)
    return sum / total
  }
}
