import { describe, expect, it } from 'vitest'
import { flaggedOutline } from '../../../../src/renderer/screens/review/flagged-outline.ts'

/** A map of zeros with squares of a value, [x, y, side, value]. */
function mapWith(width: number, height: number, squares: [number, number, number, number][]) {
  const values = new Uint16Array(width * height)
  for (const [x, y, side, value] of squares) {
    for (let row = y; row < y + side; row += 1) values.fill(value, row * width + x, row * width + x + side)
  }
  return { width, height, scale: 1, values }
}

describe('the flagged regions of a map', () => {
  it('is what is at least as hot as the threshold, without small regions', () => {
    const map = mapWith(40, 30, [
      [2, 3, 5, 50_000],
      [20, 10, 8, 60_000],
      [35, 25, 1, 65_535],
      [10, 20, 6, 20_000],
    ])
    const { regions, lines } = flaggedOutline(map, 0.6)
    expect(regions).toEqual({ pixels: 89, largest: 64, count: 2 })
    expect(lines).toMatchObject({ width: 40, height: 30 })
  })

  it('has no line where nothing is as hot', () => {
    expect(flaggedOutline(mapWith(20, 20, [[2, 2, 5, 10_000]]), 0.6)).toEqual({
      regions: { pixels: 0, largest: 0, count: 0 },
      lines: null,
    })
  })

  it('of a large map is measured in its own pixels', () => {
    const { regions } = flaggedOutline(mapWith(2000, 1600, [[400, 400, 300, 60_000]]), 0.5)
    expect(regions.count).toBe(1)
    expect(Math.abs(regions.pixels - 90_000)).toBeLessThan(2000)
  })
})
