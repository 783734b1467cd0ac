/**
 * Measures how similar generated pictures are to photographs, in both directions: the mean squared distance from each
 * photograph to the nearest generated picture (what the generator cannot make), and from each generated picture to
 * the nearest photograph (what it makes that is like no photograph). Their sum, the Chamfer distance, is low only if
 * both are: a generator that always makes one perfect picture has a high first part, one that blurs everything a high
 * second.
 *
 * It needs no critic and so means the same at each step and for each system, while the value of a critic also falls
 * when the critic gets worse.
 */
import { requireRows } from '../../platform/array-bounds.ts'

/** Distances compare pictures averaged over squares of this side, so that shapes count and not the grain. */
export const pooledSide = 4

/** Pictures [count, side, side, channels] averaged over squares: [count, (side / square)^2 * channels]. */
export function pooled(
  pictures: Float32Array,
  side: number,
  channels: number,
  square = pooledSide,
): Float32Array {
  requireRows(pictures, side * side * channels, 'Pictures')
  const cells = Math.floor(side / square)
  const one = side * side * channels
  const count = pictures.length / one
  const out = new Float32Array(count * cells * cells * channels)
  const share = 1 / square ** 2
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < cells * square; y++) {
      const row = (i * cells + Math.floor(y / square)) * cells
      for (let x = 0; x < cells * square; x++) {
        const to = (row + Math.floor(x / square)) * channels
        const from = i * one + (y * side + x) * channels
        for (let c = 0; c < channels; c++) out[to + c] += share * pictures[from + c]
      }
    }
  }
  return out
}

/** The sum of both mean distances; `width` values belong to one picture. */
export function chamferDistance(photographs: Float32Array, generated: Float32Array, width: number): number {
  requireRows(photographs, width, 'Photographs')
  requireRows(generated, width, 'Generated pictures')
  const [n, m] = [photographs.length / width, generated.length / width]
  const nearest = {
    photographs: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    generated: new Float64Array(m).fill(Number.POSITIVE_INFINITY),
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0
      for (let k = 0; k < width; k++) {
        const difference = photographs[i * width + k] - generated[j * width + k]
        sum += difference * difference
      }
      const distance = sum / width
      if (distance < nearest.photographs[i]) nearest.photographs[i] = distance
      if (distance < nearest.generated[j]) nearest.generated[j] = distance
    }
  }
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return mean(nearest.photographs) + mean(nearest.generated)
}
