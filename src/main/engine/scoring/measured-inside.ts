/** Sums over those pixels of a tile that count. */
import { requireLength } from '../../platform/array-bounds.ts'

/** Components that are sums over pixels, from a tile, its restoration and its map of zeros outside. */
export interface Measured {
  residual: number
  absolute: number
  peak: number
}

interface MeasuredTile {
  /** 1 for each pixel that counts: [size, size]. */
  counted: ArrayLike<number>
  size: number
  channels: number
  /** Side of the average before the largest value of the map is taken, in pixels. */
  peakSide: number
}

/** @param x a tile @param y its restoration, both [size, size, channels] @param map [size, size], 0 outside */
export function measureInside(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  map: ArrayLike<number>,
  { counted, size, channels, peakSide }: MeasuredTile,
): Measured {
  requireLength(counted, size * size, 'Pixels that may count')
  requireLength(x, size * size * channels, 'Samples of a tile')
  requireLength(y, size * size * channels, 'Samples of a restoration')
  requireLength(map, size * size, 'Pixels of a map')
  let [squares, absolute, values] = [0, 0, 0]
  for (let i = 0; i < counted.length; i++) {
    if (counted[i] !== 1) continue
    for (let at = i * channels; at < (i + 1) * channels; at++) {
      const difference = x[at] - y[at]
      squares += difference ** 2
      absolute += Math.abs(difference)
      values += 1
    }
  }
  return {
    residual: values === 0 ? 0 : squares / values,
    absolute,
    peak: largestAverage(map, size, peakSide),
  }
}

/** Computed as in the graph: the largest mean of a square of `peakSide` pixels that lies in the tile. */
function largestAverage(map: ArrayLike<number>, size: number, peakSide: number): number {
  const stride = size + 1
  const sums = new Float64Array(stride * stride)
  for (let y = 0; y < size; y++) {
    let row = 0
    for (let x = 0; x < size; x++) {
      row += map[y * size + x]
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row
    }
  }
  let largest = 0
  for (let y = peakSide; y <= size; y++) {
    for (let x = peakSide; x <= size; x++) {
      const sum =
        sums[y * stride + x] -
        sums[(y - peakSide) * stride + x] -
        sums[y * stride + x - peakSide] +
        sums[(y - peakSide) * stride + x - peakSide]
      largest = Math.max(largest, sum / peakSide ** 2)
    }
  }
  return largest
}
