import { expect, it } from 'vitest'
import { foldedConvolution } from '../../../../src/main/engine/backbones/folded-convolution.ts'

it('gives what the convolution and the normalization after it give together', () => {
  // One output channel of two inputs and two places: w . x, then gamma (y - mean) / sqrt(variance + 1e-3) + beta.
  const statistics = {
    gamma: Float32Array.of(2),
    beta: Float32Array.of(0.5),
    mean: Float32Array.of(3),
    variance: Float32Array.of(0.249),
  }
  const { filter, bias } = foldedConvolution(
    Float32Array.of(1, 2, 3, 4),
    { out: 1, within: 2, places: 2 },
    statistics,
  )
  // 2 / sqrt(0.25) = 4; the filter is ordered by place, then by input.
  expect([...filter]).toEqual([4, 12, 8, 16].map((value) => expect.closeTo(value, 5)))
  expect(bias[0]).toBeCloseTo(0.5 - 3 * 4, 5)
})

it('refuses statistics of another number of channels', () => {
  const one = Float32Array.of(1)
  const statistics = { gamma: one, beta: one, mean: one, variance: Float32Array.of(1, 1) }
  expect(() => foldedConvolution(Float32Array.of(1), { out: 1, within: 1, places: 1 }, statistics)).toThrow(
    'Channels',
  )
})
