import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../../../src/main/engine/data/geometry.ts'
import { makeDefect } from '../../../../src/main/engine/data/made-defects.ts'
import {
  bankLimit,
  NearestNormal,
  symmetricEigen,
  TextureGathering,
  textureOf,
  textureTensors,
} from '../../../../src/main/engine/scoring/nearest-normal.ts'
import {
  type Cells,
  residualTexture,
  textureFeatures,
} from '../../../../src/main/engine/scoring/residual-texture.ts'
import { createRandom } from '../../../../src/main/random.ts'

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
const texture = (picture: Pixels): Cells => residualTexture(picture, smooth(picture))

function learned(photographs: number): NearestNormal {
  const gathering = new TextureGathering(photographs, createRandom(1))
  for (let i = 0; i < photographs; i++) gathering.add(texture(surface(100 + i)))
  return new NearestNormal(gathering.finish())
}

describe('texture of the residual', () => {
  it('has a row of features for each cell, all of them finite, on any size', () => {
    for (const [width, height] of [
      [72, 56],
      [8, 8],
      [33, 9],
    ] as const) {
      const cells = texture(surface(1, width, height))
      expect([cells.columns, cells.rows]).toEqual([Math.ceil(width / 4), Math.ceil(height / 4)])
      expect(cells.data).toHaveLength(cells.columns * cells.rows * textureFeatures)
      expect(cells.data.every(Number.isFinite)).toBe(true)
    }
  })

  it('is nothing but the floor where the reconstruction is the photograph', () => {
    const picture = surface(1)
    const { data } = residualTexture(picture, picture)
    for (const [i, value] of data.entries()) {
      if (i % textureFeatures < textureFeatures / 2) expect(value).toBeCloseTo(0, 6)
      else expect(value).toBeCloseTo(Math.log(1e-3), 4)
    }
  })

  it('hardly changes with the light', () => {
    const bright = surface(3)
    const dim = { ...bright, data: bright.data.map((x) => 0.7 * (x + 1) - 1) }
    const [a, b] = [texture(bright).data, texture(dim).data]
    const difference = a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length
    const size = a.reduce((sum, value) => sum + Math.abs(value), 0) / a.length
    expect(difference / size).toBeLessThan(0.1)
  })
})

describe('the nearest normal cell', () => {
  it('is itself for a cell of the bank', () => {
    const gathering = new TextureGathering(1, createRandom(1))
    const cells = texture(surface(5))
    gathering.add(cells)
    const nearest = new NearestNormal(gathering.finish())
    expect(Math.max(...nearest.distances(cells))).toBeLessThan(0.05)
    nearest.dispose()
  })

  it('is found as a loop over the whole bank finds it', () => {
    const gathering = new TextureGathering(3, createRandom(2))
    for (let i = 0; i < 3; i++) gathering.add(texture(surface(20 + i)))
    const normal = gathering.finish()
    const cells = texture(surface(30))
    const nearest = new NearestNormal(normal)
    const distances = nearest.distances(cells)
    nearest.dispose()
    const n = textureFeatures
    for (const cell of [0, 7, cells.rows * cells.columns - 1]) {
      const white = Array.from({ length: n }, (_, to) => {
        let sum = 0
        for (let from = 0; from < n; from++) {
          sum +=
            ((cells.data[cell * n + from] ?? 0) - (normal.mean[from] ?? 0)) *
            (normal.whitening[from * n + to] ?? 0)
        }
        return sum
      })
      let least = Number.POSITIVE_INFINITY
      for (let at = 0; at < normal.bank.length; at += n) {
        least = Math.min(least, Math.hypot(...white.map((value, i) => value - (normal.bank[at + i] ?? 0))))
      }
      expect(distances[cell]).toBeCloseTo(least, 2)
    }
  })

  it('is farther on a part with a spot or a scratch than on good parts', () => {
    const nearest = learned(30)
    const good = Array.from({ length: 12 }, (_, i) => surface(200 + i))
    const scores = good.map((picture) => nearest.score(texture(picture)))
    for (const type of ['spot', 'scratch'] as const) {
      const bad = good.map((picture, i) => {
        const made = makeDefect(picture, type, createRandom(i), picture).picture
        return nearest.score(residualTexture(made, smooth(picture)))
      })
      const wins = bad.reduce((sum, b) => sum + scores.filter((g) => g < b).length, 0)
      expect(wins / (bad.length * scores.length)).toBeGreaterThan(0.9)
    }
    nearest.dispose()
  })

  it('comes back from the tensors of a model file as it was', () => {
    const gathering = new TextureGathering(1, createRandom(3))
    gathering.add(texture(surface(6)))
    const normal = gathering.finish()
    expect(textureOf(textureTensors(normal))).toEqual(normal)
    expect(textureOf({})).toBeNull()
  })

  it('has as many cells of each photograph, and a bank that does not grow with their number', () => {
    const gathering = new TextureGathering(bankLimit, createRandom(4))
    for (let i = 0; i < 5; i++) gathering.add(texture(surface(40 + i)))
    expect(gathering.finish().bank).toHaveLength(5 * textureFeatures)
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
