import { describe, expect, it } from 'vitest'
import { evidenceOf, usualOf } from '../../../../src/main/engine/learned/cell-evidence.ts'
import { coresetOf } from '../../../../src/main/engine/learned/coreset.ts'
import {
  type FeatureMemory,
  MemoryGathering,
  MemorySearch,
  memoryOfModel,
  memoryTensors,
} from '../../../../src/main/engine/learned/feature-memory.ts'
import { nearestCells, whitenedCells } from '../../../../src/main/engine/learned/nearest-cells.ts'
import { MomentSums, shrunkWhiteningOf } from '../../../../src/main/engine/learned/whitening.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'

const at = (values: ArrayLike<number>, index: number): number => elementAt(values, index, 'Values')

const normals = (count: number, seed = 1): Float32Array =>
  createRandom(seed, 'cells').fillNormal(new Float32Array(count))

/** The distance of one row to another, straight from its definition. */
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, i) => value - at(b, i)))

const rowOf = (values: Float32Array, width: number, row: number): Float32Array =>
  values.slice(row * width, (row + 1) * width)

describe('the search for the nearest cell', () => {
  const width = 6
  const bank = normals(50 * width)
  const whitener = { mean: new Float32Array(width).fill(0.5), whitening: normals(width * 4, 2) }
  const search = () => nearestCells({ ...whitener, bank: whitenedCells(bank, whitener) })

  it('finds the smallest of all distances', () => {
    const cells = normals(20 * width, 3)
    const nearest = search()
    const white = whitenedCells(cells, whitener)
    const whiteBank = whitenedCells(bank, whitener)
    const found = nearest.distances(cells)
    for (let cell = 0; cell < 20; cell++) {
      const all = Array.from({ length: 50 }, (_, other) =>
        distance(rowOf(white, 4, cell), rowOf(whiteBank, 4, other)),
      )
      expect(at(found, cell)).toBeCloseTo(Math.min(...all), 3)
      const order = [...all.keys()].sort((a, b) => at(all, a) - at(all, b))
      const three = nearest.nearest(rowOf(cells, width, cell), 3)
      expect(three.map((near) => near.cell)).toEqual(order.slice(0, 3))
      for (const near of three) expect(near.distance).toBeCloseTo(at(all, near.cell), 3)
    }
    nearest.dispose()
  })

  it('finds none of the cells that are left out', () => {
    const nearest = search()
    const own = nearest.distances(bank)
    const others = nearest.distances(bank.slice(0, width), (cell) => cell === 0)
    // |c|^2 - 2 c g + |g|^2 cancels all but the rounding of sums of this size in 24 bits.
    const white = whitenedCells(bank, whitener)
    const squares = Array.from({ length: 50 }, (_, cell) => Math.hypot(...rowOf(white, 4, cell)) ** 2)
    const rounding = Math.sqrt(8 * Math.max(...squares) * 2 ** -23)
    for (const value of own) expect(value).toBeLessThan(rounding)
    expect(at(others, 0)).toBeGreaterThan(0.1)
    nearest.dispose()
  })
})

describe('the whitening', () => {
  it('measures in standard deviations of good parts, also along a slanted axis', () => {
    const count = 4_000
    const raw = normals(count * 2)
    const rows = Float32Array.from(raw)
    for (let row = 0; row < count; row++) {
      const [a, b] = [10 * at(raw, 2 * row), at(raw, 2 * row + 1)]
      rows.set([a + b, a - b], 2 * row)
    }
    const sums = new MomentSums(2)
    sums.add(rows)
    const { mean, covariance } = sums.finish()
    const whitening = shrunkWhiteningOf(covariance, 2, { share: 0, directions: 2 })
    const white = whitenedCells(Float32Array.of(10, 10, 1, -1), {
      mean: Float32Array.from(mean),
      whitening,
    })
    // One deviation along the long axis, and one along the short one.
    expect(Math.hypot(at(white, 0), at(white, 1))).toBeCloseTo(1, 1)
    expect(Math.hypot(at(white, 2), at(white, 3))).toBeCloseTo(1, 1)
  })

  it('keeps the directions in which good parts vary most', () => {
    const covariance = Float64Array.from([1, 0, 0, 0, 9, 0, 0, 0, 4])
    const whitening = shrunkWhiteningOf(covariance, 3, { share: 0, directions: 2 })
    expect([...whitening].map(Math.abs)).toEqual(
      [0, 0, 1 / 3, 0, 0, 1 / 2].map((value) => expect.closeTo(value, 6)),
    )
  })
})

describe('the coreset', () => {
  it('covers what a random choice of the same size leaves uncovered', () => {
    const width = 40
    // A crowd, and twenty cells of which each is far from all others.
    const cells = new Float32Array(2_020 * width)
    cells.set(normals(2_000 * width).map((value) => value / 50))
    const far = normals(20 * width, 5)
    cells.set(
      far.map((value) => value * 3),
      2_000 * width,
    )
    const chosen = coresetOf(cells, width, 64, createRandom(1))
    expect(new Set(chosen).size).toBe(64)
    expect([...chosen].filter((cell) => cell >= 2_000)).toHaveLength(20)
  })

  it('is all cells where there are not more', () => {
    expect([...coresetOf(normals(12), 4, 10, createRandom(1))]).toEqual([0, 1, 2])
  })
})

describe('evidence', () => {
  it('is the mean of the farthest 2 % of the cells that count, and that of all', () => {
    const distances = Float32Array.from({ length: 100 }, (_, i) => i)
    expect(evidenceOf(distances, null)).toEqual({ local: 98.5, all: 49.5 })
    const counts = Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0))
    expect(evidenceOf(distances, counts)).toEqual({ local: 49, all: 24.5 })
  })

  it('is measured by mean and standard deviation', () => {
    expect(usualOf([1, 2, 3, 4])).toEqual({ mean: 2.5, deviation: Math.fround(Math.sqrt(5 / 3)) })
  })
})

describe('a memory', () => {
  const width = 5
  const [rows, columns] = [8, 9]
  const photograph = (seed: number) => {
    const first = { data: normals(rows * columns * width, seed), rows, columns }
    const second = { data: normals(4 * 5 * width, seed + 1_000), rows: 4, columns: 5 }
    return { scored: [first, second], drawn: { ...first, data: first.data.slice() } }
  }
  function learned(seed = 1) {
    const gathering = new MemoryGathering(30, createRandom(seed))
    for (let i = 0; i < 30; i++) gathering.add(photograph(i), null)
    return gathering.finish()
  }
  const evidenceFor = (cells: ReturnType<typeof photograph>, memory: FeatureMemory = learned()) => {
    const search = new MemorySearch(memory)
    const recalled = search.recall(cells, null)
    search.dispose()
    return recalled
  }

  it('measures a good photograph that it has not seen as one of many', () => {
    const scores = Array.from({ length: 20 }, (_, i) => evidenceFor(photograph(500 + i)).evidence)
    const mean = (name: 'local' | 'all') => scores.reduce((sum, of) => sum + of[name], 0) / scores.length
    expect(Math.abs(mean('local'))).toBeLessThan(1)
    expect(Math.abs(mean('all'))).toBeLessThan(1)
  })

  it('says where a photograph is unlike all others', () => {
    const cells = photograph(600)
    const [first] = cells.scored
    first?.data.fill(9, (3 * columns + 4) * width, (3 * columns + 5) * width)
    cells.drawn.data.fill(9, (3 * columns + 4) * width, (3 * columns + 5) * width)
    const { evidence, drawn } = evidenceFor(cells)
    expect(evidence.local).toBeGreaterThan(5)
    const farthest = drawn.indexOf(Math.max(...drawn))
    expect(Math.abs(Math.floor(farthest / columns) - 3)).toBeLessThanOrEqual(1)
    expect(Math.abs((farthest % columns) - 4)).toBeLessThanOrEqual(1)
  })

  it('says that all of a photograph is unlike the others', () => {
    const { scored, drawn } = photograph(700)
    const shifted = scored.map((level) => ({ ...level, data: level.data.map((value) => value + 2) }))
    expect(evidenceFor({ scored: shifted, drawn }).evidence.all).toBeGreaterThan(5)
  })

  it('is the same bit for bit for the same seed, and after it was stored and read', () => {
    const both = learned()
    expect(learned()).toEqual(both)
    const { heldOut: _, ...memory } = both
    expect(memoryOfModel(memoryTensors(memory))).toEqual(memory)
    expect(learned(2)).not.toEqual(both)
  })

  it('measures what is usual on few photographs by memories that have not seen them', () => {
    const count = 6
    const learnedFrom = (some: readonly number[]) => {
      const gathering = new MemoryGathering(some.length, createRandom(1))
      for (const i of some) gathering.add(photograph(i), null, 100 + i)
      return gathering.finish()
    }
    const all = [...Array(count).keys()]
    const memory = learnedFrom(all)
    expect(memory.heldOut.map((of) => of.photograph)).toEqual(all.map((i) => 100 + i))
    for (const i of all) {
      const others = learnedFrom(all.filter((other) => other !== i))
      // In the units of the whole memory, which holds what was learned of the others against its photographs.
      const scored = others.scored.map((level, at) => ({ ...level, unit: memory.scored[at]?.unit ?? 0 }))
      const { local, all: whole } = evidenceFor(photograph(i), {
        ...others,
        scored,
        usual: memory.usual,
      }).evidence
      const [heldLocal, heldWhole] = memory.heldOut[i]?.values ?? []
      expect(heldLocal).toBeCloseTo(local, 3)
      expect(heldWhole).toBeCloseTo(whole, 3)
    }
  })

  it('holds no photograph out where there are many, or only one', () => {
    const many = new MemoryGathering(41, createRandom(1))
    for (let i = 0; i < 41; i++) many.add(photograph(i), null)
    expect(many.finish().heldOut).toEqual([])
    const one = new MemoryGathering(1, createRandom(1))
    one.add(photograph(1), null)
    expect(one.finish().heldOut).toEqual([])
  })

  it('is not found in a model that has none', () => {
    expect(memoryOfModel({})).toBeNull()
  })
})
