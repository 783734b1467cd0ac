import { expect, it } from 'vitest'
import type { RawMap } from '../../../../src/renderer/heatmap/raw-map.ts'
import { comparesPlaces, spotsOf } from '../../../../src/renderer/screens/review/map-spots.ts'

const [width, height] = [20, 10]

/** A map whose values are those of its file divided by 1000. */
function mapOf(...dots: [x: number, y: number, value: number][]): RawMap {
  const values = new Uint16Array(width * height)
  for (const [x, y, value] of dots) values[y * width + x] = value
  return { width, height, scale: 65.535, values }
}
const at = (x: number, y: number) => ({ x: (x + 0.5) / width, y: (y + 0.5) / height })

it('are the flagged regions, the one with most above the threshold first, each where it is strongest', () => {
  const map = mapOf([2, 2, 3000], [3, 2, 5000], [15, 8, 6000], [15, 7, 4500], [16, 8, 4000], [9, 0, 900])
  expect(spotsOf(map, 2)).toEqual([at(15, 8), at(3, 2)])
})

it('are three at most', () => {
  const map = mapOf([1, 1, 3000], [5, 1, 4000], [9, 1, 5000], [13, 1, 6000])
  expect(spotsOf(map, 2)).toEqual([at(13, 1), at(9, 1), at(5, 1)])
})

it('are the highest place alone where nothing is flagged', () => {
  expect(spotsOf(mapOf([4, 6, 1200], [8, 1, 700]), 2)).toEqual([at(4, 6)])
})

it('are wanted of parts with a map alone that were compared with good places', () => {
  const components = { residual: 1, 'memory-local': 2 }
  expect(comparesPlaces({ hasMap: true, components })).toBe(true)
  expect(comparesPlaces({ hasMap: false, components })).toBe(false)
  expect(comparesPlaces({ hasMap: true, components: { residual: 1 } })).toBe(false)
})
