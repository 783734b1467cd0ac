import { describe, expect, it } from 'vitest'
import { binnedBars } from '../../../../src/renderer/screens/thresholds/bars.ts'

describe('the bars of the histogram', () => {
  it('are as high as the square root of their share of the highest of their class', () => {
    const bars = binnedBars([100, 25, 0, 0], [0, 0, 0, 4], 40)
    expect(bars.map(({ normal, anomalous }) => [normal, anomalous])).toEqual([
      [1, 0],
      [0.5, 0],
      [0, 1],
    ])
  })

  it('stand where their bin is, and empty bins have none', () => {
    expect(binnedBars([1, 0, 0, 1], [0, 0, 0, 0], 40).map(({ x, width }) => [x, width])).toEqual([
      [0, 9],
      [30, 9],
    ])
  })

  it('are never thinner than a pixel', () => {
    expect(
      binnedBars(
        Array.from({ length: 160 }, () => 1),
        [],
        80,
      ).every(({ width }) => width === 1),
    ).toBe(true)
  })
})
