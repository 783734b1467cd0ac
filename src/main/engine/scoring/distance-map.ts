/** Turns the distances of a photograph's cells from those of good parts into a score and a map. */
import { requireLength } from '../../platform/array-bounds.ts'
import type { Pixels } from '../data/geometry.ts'

/** Pixels between two cells of a photograph, both ways. */
export const cellSide = 6

/** The score is the mean of this share of a photograph's cells, those that are farthest away. */
const farthestShare = 0.02

/** How far the cells of one photograph are from those of good parts. */
export interface Distances {
  /** [rows * columns]; 2 is usual on good parts. */
  data: Float32Array
  rows: number
  columns: number
  /** Pixels from cell to cell; `cellSide` where it is left out. */
  side?: number
  /** The number of cells that count, where not all of them do. */
  counted?: number
}

/** Adds distances of cells, in units of what is usual on good parts. */
export function addDistances(into: Float32Array, distances: Float32Array, usual: number): void {
  requireLength(distances, into.length, 'Distances of cells')
  for (let cell = 0; cell < into.length; cell++) into[cell] += distances[cell] / usual
}

/** Averages each value with its neighbors, with the weights 1 2 1 in both directions. */
export function withNeighbors(values: Float32Array, rows: number, columns: number): Float32Array {
  requireLength(values, rows * columns, 'Distances of cells')
  const weights = [1, 2, 1]
  const out = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [sum, total] = [0, 0]
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const [y, x] = [row + dy, column + dx]
          if (y < 0 || x < 0 || y >= rows || x >= columns) continue
          const weight = weights[dy + 1] * weights[dx + 1]
          sum += weight * values[y * columns + x]
          total += weight
        }
      }
      out[row * columns + column] = sum / total
    }
  }
  return out
}

/** Which cells of a picture count: those with at least half of their pixels inside. */
export function cellsInside(
  { rows, columns }: { rows: number; columns: number },
  { width, height }: Pixels,
  inside: Uint8Array,
  side = cellSide,
): Uint8Array {
  requireLength(inside, width * height, 'Pixels that may count')
  const [all, counted] = [new Uint32Array(rows * columns), new Uint32Array(rows * columns)]
  for (let y = 0; y < height; y++) {
    const row = Math.min(rows - 1, Math.floor(y / side)) * columns
    for (let x = 0; x < width; x++) {
      const cell = row + Math.min(columns - 1, Math.floor(x / side))
      all[cell]++
      counted[cell] += inside[y * width + x]
    }
  }
  return Uint8Array.from(all, (pixels, cell) => (2 * counted[cell] >= pixels ? 1 : 0))
}

/** The distances, with 0 for each cell that does not count. */
export const onlyInside = (distances: Distances, picture: Pixels, inside: Uint8Array | null): Distances =>
  countedAlone(distances, inside && cellsInside(distances, picture, inside))

/** The same, told which cells count; null where all do. */
export function countedAlone(distances: Distances, counts: Uint8Array | null): Distances {
  if (counts === null) return distances
  requireLength(counts, distances.data.length, 'Cells that may count')
  const data = distances.data.map((distance, cell) => (counts[cell] === 1 ? distance : 0))
  return { ...distances, data, counted: counts.reduce((sum, value) => sum + value, 0) }
}

/** The score `texture` of a photograph: mean of the farthest cells. */
export function farthest({ data, counted = data.length }: Distances): number {
  const count = Math.max(1, Math.round(counted * farthestShare))
  const top = Float32Array.from(data)
    .sort()
    .subarray(data.length - count)
  return top.reduce((sum, value) => sum + value, 0) / count
}

/** Subtracted from the distances in a map: hardly any cell of a good part is nearer than this. */
export const nearestInMap = 1

/**
 * A map of the photograph from the distances of its cells. What is usual on good parts is 1 there.
 * @returns one channel of the photograph's size as the networks see it
 */
export function distanceMap(distances: Distances, width: number, height: number): Pixels {
  const map = cellMap(distances, width, height)
  for (let i = 0; i < map.data.length; i++) map.data[i] = Math.max(0, map.data[i] - nearestInMap)
  return map
}

/** Values of cells as a picture of one channel, between the middles of the cells by straight lines. */
export function cellMap(
  { data, rows, columns, side = cellSide }: Distances,
  width: number,
  height: number,
): Pixels {
  requireLength(data, rows * columns, 'Distances of cells')
  const out = new Float32Array(width * height)
  const across = between(width, columns, side)
  const down = between(height, rows, side)
  // Plain loops: an iterator would make an object for each pixel of each photograph.
  for (let y = 0; y < height; y++) {
    const [upper, lower] = [down.low[y] * columns, down.high[y] * columns]
    const share = down.share[y]
    for (let x = 0; x < width; x++) {
      const [left, right, rightShare] = [across.low[x], across.high[x], across.share[x]]
      const above = data[upper + left] * (1 - rightShare) + data[upper + right] * rightShare
      const below = data[lower + left] * (1 - rightShare) + data[lower + right] * rightShare
      out[y * width + x] = above * (1 - share) + below * share
    }
  }
  return { data: out, width, height, channels: 1 }
}

/** For each pixel of a line the two cells whose middles it lies between, and how near it is to the second. */
function between(pixels: number, cells: number, side: number) {
  const [low, high, share] = [new Int32Array(pixels), new Int32Array(pixels), new Float64Array(pixels)]
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = Math.min(cells - 1, Math.max(0, (pixel + 0.5) / side - 0.5))
    low[pixel] = Math.floor(place)
    high[pixel] = Math.min(cells - 1, low[pixel] + 1)
    share[pixel] = place - low[pixel]
  }
  return { low, high, share }
}
