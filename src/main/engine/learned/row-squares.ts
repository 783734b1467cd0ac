import { requireRows } from '../../platform/array-bounds.ts'

/** The sum of the squares of each row: [rows, width] -> [rows]. */
export function rowSquares(values: Float32Array, width: number): Float32Array {
  requireRows(values, width, 'Values of rows')
  const sums = new Float32Array(values.length / width)
  for (let row = 0; row < sums.length; row++) {
    let sum = 0
    for (let at = row * width; at < (row + 1) * width; at++) sum += values[at] ** 2
    sums[row] = sum
  }
  return sums
}
