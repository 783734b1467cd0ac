import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../../../src/main/engine/data/geometry.ts'
import { makeDefect } from '../../../../src/main/engine/data/made-defects.ts'
import {
  type Cells,
  type Textures,
  textureFeatures,
  texturesOf,
} from '../../../../src/main/engine/learned/local-texture.ts'
import {
  bankLimit,
  NearestNormal,
  type NormalTexture,
  TextureGathering,
  texturesOfModel,
  textureTensors,
} from '../../../../src/main/engine/learned/nearest-normal.ts'
import { symmetricEigen } from '../../../../src/main/engine/learned/whitening.ts'
import { cellSide, distanceMap, farthest } from '../../../../src/main/engine/scoring/distance-map.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

/** Brushed metal: streaks down, grain, light falling off to one side. */
function surface(seed: number, width = 72, height = 56): Pixels {
  const random = createRandom(seed)
  const streaks = Array.from({ length: width }, () => 0.05 * random.normal())
  const light = 0.3 + 0.4 * random.uniform()
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const x = i % width
    const brightness = light * (1 - (0.3 * x) / width) * (1 + (streaks[x] ?? 0) + 0.04 * random.normal())
    return 2 * Math.min(1, Math.max(0, brightness)) - 1
  })
  return { data, width, height, channels: 1 }
}

const smooth = (picture: Pixels): Pixels => {
  const mean = picture.data.reduce((sum, value) => sum + value, 0) / picture.data.length
  return { ...picture, data: picture.data.map(() => mean) }
}
const textures = (picture: Pixels): Textures => texturesOf(picture, smooth(picture))

function learned(photographs: number): NearestNormal {
  const gathering = new TextureGathering(photographs, createRandom(1))
  for (let i = 0; i < photographs; i++) gathering.add(textures(surface(100 + i)))
  return new NearestNormal(gathering.finish())
}

describe('local texture', () => {
  it('has a row of features for each cell, all of them finite, on any size', () => {
    for (const [width, height] of [
      [72, 56],
      [8, 8],
      [33, 9],
    ] as const) {
      for (const cells of Object.values(textures(surface(1, width, height)))) {
        expect([cells.columns, cells.rows]).toEqual([
          Math.round(width / cellSide),
          Math.round(height / cellSide),
        ])
        expect(cells.data).toHaveLength(cells.columns * cells.rows * textureFeatures)
        expect(cells.data.every(Number.isFinite)).toBe(true)
      }
    }
  })

  it('has no cells of a pixel or two at the ends: they would be far from everything', () => {
    const nearest = learned(20)
    const spreadOf = (width: number): number => {
      const { data, columns } = nearest.distances(textures(surface(7, width, 54)))
      const last = data.filter((_, cell) => cell % columns === columns - 1)
      const others = data.filter((_, cell) => cell % columns < columns - 1)
      const mean = (values: Float32Array): number =>
        values.reduce((sum, value) => sum + value, 0) / values.length
      return mean(last) / mean(others)
    }
    // Of 72 pixels nothing is left over, of 73 one.
    expect(spreadOf(73) / spreadOf(72)).toBeLessThan(1.3)
    nearest.dispose()
  })

  it('is nothing but the floor where the reconstruction is the photograph', () => {
    const picture = surface(1)
    const { data } = texturesOf(picture, picture).residual ?? expect.unreachable('there is a residual')
    for (const [i, value] of data.entries()) {
      const feature = i % textureFeatures
      // Derivatives, their energies, level, contrast (its floor) and step.
      const floor = feature < 20 ? 0 : feature < 40 ? Math.log(1e-3) : feature === 41 ? Math.log(0.03) : 0
      expect(value).toBeCloseTo(floor, 4)
    }
  })

  it('hardly changes with the light', () => {
    const bright = surface(3)
    const dim = { ...bright, data: bright.data.map((x) => 0.7 * (x + 1) - 1) }
    const [a, b] = [textures(bright).photograph.data, textures(dim).photograph.data]
    const difference = a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length
    const size = a.reduce((sum, value) => sum + Math.abs(value), 0) / a.length
    expect(difference / size).toBeLessThan(0.1)
  })
})

describe('the nearest normal cell', () => {
  /** Distance of one cell by a loop over the whole bank. */
  function distanceTo({ mean, whitening, bank }: NormalTexture, { data }: Cells, cell: number): number {
    const n = textureFeatures
    const white = Array.from({ length: n }, (_, to) => {
      let sum = 0
      for (let from = 0; from < n; from++) {
        sum += ((data[cell * n + from] ?? 0) - (mean[from] ?? 0)) * (whitening[from * n + to] ?? 0)
      }
      return sum
    })
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at < bank.length; at += n) {
      least = Math.min(least, Math.hypot(...white.map((value, i) => value - (bank[at + i] ?? 0))))
    }
    return least
  }

  it('is found as a loop over both banks finds it, in units of what is usual, with the neighbors', () => {
    const gathering = new TextureGathering(3, createRandom(2))
    for (let i = 0; i < 3; i++) gathering.add(textures(surface(20 + i)))
    const normal = gathering.finish()
    const part = textures(surface(30))
    const residual = normal.residual ?? expect.unreachable('the residual was learned')
    const partOfResidual = part.residual ?? expect.unreachable('there is a residual')
    const nearest = new NearestNormal(normal)
    const { data, rows, columns } = nearest.distances(part)
    nearest.dispose()
    const alone = (row: number, column: number): number => {
      const cell = row * columns + column
      return (
        distanceTo(normal.photograph, part.photograph, cell) / normal.photograph.usual +
        distanceTo(residual, partOfResidual, cell) / residual.usual
      )
    }
    // In a corner there are three neighbors: 4 2 2 1.
    const corner = (4 * alone(0, 0) + 2 * alone(0, 1) + 2 * alone(1, 0) + alone(1, 1)) / 9
    expect(data[0]).toBeCloseTo(corner, 2)
    expect(data).toHaveLength(rows * columns)
  })

  it('is at about the usual distance on good parts that it has not seen, 2 in the median or a little more', () => {
    const nearest = learned(30)
    const all = Array.from({ length: 8 }, (_, i) => [
      ...nearest.distances(textures(surface(300 + i))).data,
    ]).flat()
    nearest.dispose()
    const median = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
    expect(median).toBeGreaterThan(1.7)
    expect(median).toBeLessThan(2.6)
  })

  it('is farther on a part with a spot or a scratch than on good parts', () => {
    const nearest = learned(30)
    const good = Array.from({ length: 12 }, (_, i) => surface(200 + i))
    const scores = good.map((picture) => farthest(nearest.distances(textures(picture))))
    for (const type of ['spot', 'scratch'] as const) {
      const bad = good.map((picture, i) => {
        const made = makeDefect(picture, type, createRandom(i), picture).picture
        return farthest(nearest.distances(texturesOf(made, smooth(picture))))
      })
      const wins = bad.reduce((sum, b) => sum + scores.filter((g) => g < b).length, 0)
      expect(wins / (bad.length * scores.length)).toBeGreaterThan(0.9)
    }
    nearest.dispose()
  })

  it('comes back from the tensors of a model file as it was', () => {
    const gathering = new TextureGathering(1, createRandom(3))
    gathering.add(textures(surface(6)))
    const { heldOut: _, ...normal } = gathering.finish()
    expect(texturesOfModel(textureTensors(normal))).toEqual(normal)
    expect(texturesOfModel({})).toBeNull()
  })

  it('is that of the photograph alone where nothing restores it', () => {
    const gathering = new TextureGathering(3, createRandom(2))
    for (let i = 0; i < 3; i++) gathering.add(texturesOf(surface(20 + i), null))
    const { heldOut: _, ...normal } = gathering.finish()
    expect(normal.residual).toBeNull()
    expect(texturesOfModel(textureTensors(normal))).toEqual(normal)
    const part = texturesOf(surface(30), null)
    const nearest = new NearestNormal(normal)
    const { data, columns } = nearest.distances(part)
    nearest.dispose()
    const { photograph } = normal
    const twice = (cell: number) => (2 * distanceTo(photograph, part.photograph, cell)) / photograph.usual
    const corner = (4 * twice(0) + 2 * twice(1) + 2 * twice(columns) + twice(columns + 1)) / 9
    expect(data[0]).toBeCloseTo(corner, 2)
  })

  it('is measured on few photographs by what was learned of the others', () => {
    // As they come, so that fewer photographs do not change which cells are taken of the others.
    const inOrder = { ...createRandom(1), shuffle: <T>(items: T[]): T[] => items }
    const learnedFrom = (some: readonly number[]) => {
      const gathering = new TextureGathering(some.length, inOrder)
      for (const i of some) gathering.add(textures(surface(i)), null, 100 + i)
      return gathering.finish()
    }
    const all = [0, 1, 2, 3]
    const { heldOut } = learnedFrom(all)
    for (const i of all) {
      const nearest = new NearestNormal(learnedFrom(all.filter((other) => other !== i)))
      const score = farthest(nearest.distances(textures(surface(i))))
      nearest.dispose()
      expect(heldOut.find(({ photograph }) => photograph === 100 + i)?.values).toEqual([score])
    }
  })

  it('has as many cells of each photograph, and a bank that does not grow with their number', () => {
    const gathering = new TextureGathering(bankLimit, createRandom(4))
    for (let i = 0; i < 5; i++) gathering.add(textures(surface(40 + i)))
    const { photograph, residual } = gathering.finish()
    for (const side of [photograph, residual]) expect(side?.bank).toHaveLength(5 * textureFeatures)
  })
})

describe('the map of distances', () => {
  it('is straight between the middles of cells, and the middle’s own value there', () => {
    const { data, width, height } = distanceMap(
      { data: Float32Array.of(1, 7, 13, 19), rows: 2, columns: 2 },
      12,
      12,
    )
    expect([width, height]).toEqual([12, 12])
    // Cells of 6 pixels: their middles lie between pixels 2 and 3, and 8 and 9. What is usual, 2, is 1 in the map.
    const row = (y: number): number[] => [...data.subarray(12 * y, 12 * y + 12)]
    expect(row(0)).toEqual([0, 0, 0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6, 6, 6])
    expect(row(11)).toEqual([12, 12, 12, 12.5, 13.5, 14.5, 15.5, 16.5, 17.5, 18, 18, 18])
    expect(row(5)[0]).toBeCloseTo(5, 5)
  })
})

it('finds eigenvalues and vectors: A v = lambda v, of a matrix with known ones', () => {
  // [[2, 1, 0], [1, 2, 0], [0, 0, 5]] has the eigenvalues 1, 3 and 5.
  const { values, vectors } = symmetricEigen(Float64Array.from([2, 1, 0, 1, 2, 0, 0, 0, 5]), 3)
  expect([...values].sort()).toEqual([1, 3, 5].map((value) => expect.closeTo(value, 10)))
  const column = values.findIndex((value) => Math.abs(value - 3) < 1e-6)
  const v = [0, 1, 2].map((row) => vectors[row * 3 + column] ?? 0)
  expect(2 * (v[0] ?? 0) + (v[1] ?? 0)).toBeCloseTo(3 * (v[0] ?? 0), 10)
})
