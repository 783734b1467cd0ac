import { describe, expect, it } from 'vitest'
import {
  expectationOfModel,
  expectationTensors,
} from '../../../../src/main/engine/learned/expected-residual.ts'
import {
  type ExpectedResiduals,
  expectationOf,
  largestRatio,
  pooledResidual,
  ResidualExpectation,
  ratioMap,
} from '../../../../src/main/engine/learned/residual-ratios.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

/** Four tiles of 2x2 cells with codes on a line: one neighbor each. */
const four: ExpectedResiduals = {
  latent: 1,
  codes: Float32Array.of(0, 1, 10, 11),
  maps: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 3, 3, 3, 3),
  usual: Float32Array.of(1, 1, 1),
}
// A tenth of the mean of all cells, 44 / 16, is added to each expectation.
const least = 0.1 * (44 / 16)

describe('the residual over what is expected', () => {
  it('is cell by cell that of the tile over that of the tile with the nearest code', () => {
    const expectation = new ResidualExpectation(four)
    const [finest] = expectation.ratios(Float32Array.of(2, 4, 8, 16), Float32Array.of(9.8), 1)
    const wanted = [2 / (4 + least), 4 / (4 + least), 8 / (4 + least), 16 / (8 + least)]
    expect([...(finest?.data ?? [])]).toEqual(wanted.map((value) => expect.closeTo(value, 5)))
    expect(largestRatio(finest ? [finest] : [])).toBeCloseTo(16 / (8 + least), 5)
  })

  it('sums whole windows at the coarser scales, each in units of what is usual there', () => {
    const expectation = new ResidualExpectation({ ...four, usual: Float32Array.of(1, 0.5, 1) })
    const ratios = expectation.ratios(Float32Array.of(2, 4, 8, 16), Float32Array.of(9.8), 3)
    // A window of four cells does not fit into 2x2.
    expect(ratios.map(({ window, across }) => [window, across])).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect(ratios[1]?.data[0]).toBeCloseTo(30 / (20 + 4 * least) / 0.5, 5)
    expect(largestRatio(ratios)).toBeCloseTo(30 / (20 + 4 * least) / 0.5, 5)
  })

  it('takes the mean over a quarter of the tiles, sixteen at most, whatever their order', () => {
    const random = createRandom(1)
    const [tiles, latent, cells] = [100, 3, 4]
    const codes = random.fillNormal(new Float32Array(tiles * latent))
    const maps = random.fillUniform(new Float32Array(tiles * cells))
    const code = random.fillNormal(new Float32Array(latent))
    const residual = random.fillUniform(new Float32Array(cells))
    const expectation = new ResidualExpectation({ latent, codes, maps, usual: Float32Array.of(1, 1, 1) })
    const near = Array.from({ length: tiles }, (_, tile) => tile)
      .sort((a, b) => distance(a) - distance(b))
      .slice(0, 16)
    function distance(tile: number): number {
      return Math.hypot(...code.map((value, i) => value - (codes[tile * latent + i] ?? 0)))
    }
    const mean = maps.reduce((sum, value) => sum + value, 0) / maps.length
    const [finest] = expectation.ratios(residual, code, 1)
    for (let cell = 0; cell < cells; cell++) {
      const wanted = near.reduce((sum, tile) => sum + (maps[tile * cells + cell] ?? 0), 0) / 16
      expect(finest?.data[cell]).toBeCloseTo((residual[cell] ?? 0) / (wanted + 0.1 * mean), 5)
    }
  })

  it('has as its unit the median of good tiles, each compared with others and not with itself', () => {
    const { usual } = expectationOf(four.codes, four.maps, 1)
    // The neighbors are 1, 0, 3 and 2; the largest ratios 1/2, 2/1, 8/3 and 3/4, with the least that is expected.
    const largest = [1 / (2 + least), 2 / (1 + least), 8 / (3 + least), 3 / (4 + least)]
    expect(usual[0]).toBeCloseTo(largest.sort((a, b) => a - b)[2] ?? 0, 5)
  })

  it('stays finite where good parts leave no residual at all', () => {
    const nothing = expectationOf(new Float32Array(8), new Float32Array(8 * 4), 1)
    const expectation = new ResidualExpectation(nothing)
    for (const residual of [new Float32Array(4), Float32Array.of(1, 1, 1, 1)]) {
      const ratios = expectation.ratios(residual, Float32Array.of(0), 3)
      expect(ratios.every(({ data }) => data.every(Number.isFinite))).toBe(true)
    }
  })

  it('comes back from the tensors of a model file as it was', () => {
    expect(expectationOfModel(expectationTensors(four))).toEqual(four)
    expect(expectationOfModel({})).toBeNull()
  })
})

describe('cells of a residual', () => {
  it('are means of 4x4 pixels', () => {
    const map = Float32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 1 : 3) + (i < 32 ? 0 : 10))
    expect([...pooledResidual(map, 8)]).toEqual([1, 3, 11, 13])
  })

  it('are drawn between their middles by straight lines, the largest of the scales at each pixel', () => {
    const fine = { data: Float32Array.of(0, 4, 0, 4), across: 2, window: 1 }
    const row = [...ratioMap([fine], 8).subarray(0, 8)]
    // Middles lie between pixels 1 and 2, and 5 and 6.
    expect(row).toEqual([0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4])
    const coarse = { data: Float32Array.of(3), across: 1, window: 2 }
    expect([...ratioMap([fine, coarse], 8).subarray(0, 8)]).toEqual([3, 3, 3, 3, 3, 3.5, 4, 4])
  })
})
