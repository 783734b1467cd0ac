/**
 * What the pixels of a tile add up to where only some of them count. Features, codes and D see the whole tile: outside
 * stands the same in every photograph, good or bad.
 */
import { peakSide } from './peak.ts'
import type { TileScorer } from './tile-scorer.ts'

/** Components that are sums over pixels, from a tile, its restoration and its map of zeros outside. */
interface Measured {
  residual: number
  absolute: number
  peak: number
}

const measuredNames = ['residual', 'absolute', 'peak'] as const

/** The scorer, which leaves out of maps and of what is made of pixels those that do not count. */
export function countingInside(scorer: TileScorer): TileScorer {
  const { size, channels, batch, componentNames } = scorer
  const pixels = size * size
  const columns = measuredNames.flatMap((name) => {
    const column = componentNames.indexOf(name)
    return column === -1 ? [] : [{ name, column }]
  })
  return {
    ...scorer,
    score(tiles, inside = null) {
      const answer = scorer.score(tiles)
      if (inside === null || answer.pictures === null) return answer
      const { pictures } = answer
      const map = pictures.map.map((value, i) => (inside[i] === 1 ? value : 0))
      const components = Float32Array.from(answer.components)
      for (let tile = 0; tile < batch; tile++) {
        const part = <A extends Float32Array | Uint8Array>(values: A, one: number) =>
          values.subarray(tile * one, (tile + 1) * one)
        const counted = part(inside, pixels)
        // Nothing that it would change.
        if (counted.every((value) => value === 1)) continue
        const measured = measure(
          part(tiles, pixels * channels),
          part(pictures.reconstruction, pixels * channels),
          part(map, pixels),
          { counted, size, channels },
        )
        for (const { name, column } of columns) {
          components[tile * componentNames.length + column] = measured[name]
        }
      }
      return { components, pictures: { ...pictures, map } }
    },
  }
}

function measure(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  map: ArrayLike<number>,
  { counted, size, channels }: { counted: ArrayLike<number>; size: number; channels: number },
): Measured {
  let [squares, absolute, values] = [0, 0, 0]
  for (let i = 0; i < counted.length; i++) {
    if (counted[i] !== 1) continue
    for (let at = i * channels; at < (i + 1) * channels; at++) {
      const difference = (x[at] ?? 0) - (y[at] ?? 0)
      squares += difference ** 2
      absolute += Math.abs(difference)
      values += 1
    }
  }
  return { residual: values === 0 ? 0 : squares / values, absolute, peak: largestAverage(map, size) }
}

/** As the graph has it: the largest mean of a square of `peakSide` pixels that lies in the tile. */
function largestAverage(map: ArrayLike<number>, size: number): number {
  const stride = size + 1
  const sums = new Float64Array(stride * stride)
  for (let y = 0; y < size; y++) {
    let row = 0
    for (let x = 0; x < size; x++) {
      row += map[y * size + x] ?? 0
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] ?? 0) + row
    }
  }
  let largest = 0
  for (let y = peakSide; y <= size; y++) {
    for (let x = peakSide; x <= size; x++) {
      const sum =
        (sums[y * stride + x] ?? 0) -
        (sums[(y - peakSide) * stride + x] ?? 0) -
        (sums[y * stride + x - peakSide] ?? 0) +
        (sums[(y - peakSide) * stride + x - peakSide] ?? 0)
      largest = Math.max(largest, sum / peakSide ** 2)
    }
  }
  return largest
}
