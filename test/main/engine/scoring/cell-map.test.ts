import { expect, it } from 'vitest'
import { cellMap, distanceMap } from '../../../../src/main/engine/scoring/distance-map.ts'

const at = (map: { data: Float32Array; width: number }, x: number, y: number): number =>
  map.data[y * map.width + x] ?? Number.NaN

it('gives each cell its value in its middle, and between two middles a straight line', () => {
  // Two rows and three columns of cells of 16 pixels: the value is 10 row + column.
  const cells = { data: Float32Array.of(0, 1, 2, 10, 11, 12), rows: 2, columns: 3, side: 16 }
  const map = cellMap(cells, 48, 32)
  // The middle of a pixel x is at x + 0.5, that of column c at 16 c + 8.
  const place = (pixel: number, last: number) => Math.min(last, Math.max(0, (pixel + 0.5 - 8) / 16))
  for (const [x, y] of [
    [0, 0],
    [7, 3],
    [8, 8],
    [20, 12],
    [23, 23],
    [40, 31],
    [47, 31],
  ] as const) {
    expect(at(map, x, y), `${x} ${y}`).toBeCloseTo(10 * place(y, 1) + place(x, 2), 5)
  }
})

it('of distances leaves out what is usual', () => {
  const map = distanceMap({ data: Float32Array.of(0.5, 3), rows: 1, columns: 2, side: 16 }, 32, 16)
  expect([at(map, 0, 0), at(map, 31, 0)]).toEqual([0, 2])
})
