import { expect, it } from 'vitest'
import {
  type Level,
  MemoryGathering,
  memoryOfModel,
  memoryTensors,
  middleOf,
} from '../../../../src/main/engine/learned/feature-memory.ts'
import { explainPlaces } from '../../../../src/main/engine/learned/memory-explanation.ts'
import { nearestCells } from '../../../../src/main/engine/learned/nearest-cells.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'

const width = 5
const [rows, columns] = [4, 6]
/** Cells of 16 pixels on a photograph of 100 x 60, the last ones reaching over its edge. */
const pitch = { x: 0.16, y: 16 / 60 }

const photograph = (seed: number) => {
  const data = createRandom(seed, 'cells').fillNormal(new Float32Array(rows * columns * width))
  const first = { data, rows, columns, pitch }
  return { scored: [first, { ...first, data: data.slice() }], drawn: { ...first, data: data.slice() } }
}

/** Numbers of photographs in the run's list: they are gathered in another order than they are listed. */
const numbers = [7, 3, 11, 0, 5]

function remembered() {
  const gathering = new MemoryGathering(numbers.length, createRandom(1))
  for (const number of numbers) gathering.add(photograph(number), null, number)
  return gathering.finish()
}

function explained(
  level: Level,
  cells: ReturnType<typeof photograph>['drawn'],
  at: { x: number; y: number },
) {
  const search = nearestCells(level)
  const origins = level.origins ?? expect.unreachable('nothing says where cells are from')
  const [place] = explainPlaces(cells, [at], { level, origins, search })
  search.dispose()
  return place ?? expect.unreachable('nothing was explained')
}

const firstLevel = () => elementAt(remembered().scored, 0, 'Levels')

it('finds the cell of a good photograph that a place is like', () => {
  const cells = photograph(500).drawn
  const alike = 2 * columns + 3
  const good = photograph(11).drawn
  const copy = good.data.subarray(alike * width, (alike + 1) * width)
  cells.data.set(copy.map((value) => value + 0.01))
  // Its neighbors are exact copies, so it is the farthest from good ones around.
  for (const near of [1, columns, columns + 1]) cells.data.set(copy, near * width)
  const { nearest, ...place } = explained(firstLevel(), cells, { x: 0.01, y: 0.01 })
  expect(place).toMatchObject(middleOf(cells, 0))
  const { x, y } = middleOf(good, alike)
  expect(nearest[0]).toMatchObject({ photograph: 11, x: Math.fround(x), y: Math.fround(y) })
  expect(nearest[0]?.distance).toBeCloseTo(place.distance, 6)
})

it('explains the cell that is farthest from good ones around the place', () => {
  const cells = photograph(501).drawn
  const odd = 2 * columns + 4
  cells.data.fill(30, odd * width, (odd + 1) * width)
  const place = explained(firstLevel(), cells, { x: 3.6 * pitch.x, y: 1.6 * pitch.y })
  expect(place).toMatchObject(middleOf(cells, odd))
  expect(place.distance).toBeGreaterThan(5)
  expect([place.width, place.height]).toEqual([3 * pitch.x, 3 * pitch.y])
})

it('names each good photograph once, the nearest first', () => {
  const { nearest } = explained(firstLevel(), photograph(502).drawn, { x: 0.5, y: 0.5 })
  expect(nearest).toHaveLength(3)
  expect(new Set(nearest.map((near) => near.photograph)).size).toBe(3)
  expect(nearest.map(({ distance }) => distance)).toEqual(
    nearest.map(({ distance }) => distance).sort((a, b) => a - b),
  )
})

it('knows in a stored model where its cells are from, and of a model without this that it does not', () => {
  const { heldOut: _, ...memory } = remembered()
  const tensors = memoryTensors(memory)
  expect(memoryOfModel(tensors)).toEqual(memory)
  const older = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.endsWith('/origin')))
  expect(memoryOfModel(older)?.scored.map(({ origins }) => origins)).toEqual([null, null])
})
