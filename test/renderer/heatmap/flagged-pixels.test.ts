import { describe, expect, it } from 'vitest'
import { flaggedPixels, removeSmallRegions } from '../../../src/renderer/heatmap/flagged-pixels.ts'

/** A map of rows of digits; 9 is its scale. */
function mapOf(rows: string[]) {
  const width = rows[0]?.length ?? 0
  const values = Uint16Array.from([...rows.join('')].map((digit) => Math.ceil((Number(digit) / 9) * 65_535)))
  return { width, height: rows.length, scale: 9, values }
}
const map = mapOf(['90000', '00770', '00780', '00007', '50000'])

describe('what is flagged on a map', () => {
  it('is where the map is at least as hot as the level', () => {
    expect([...flaggedPixels(map, 7)].filter((value) => value === 1)).toHaveLength(6)
    expect([...flaggedPixels(map, 8.5)].filter((value) => value === 1)).toHaveLength(1)
  })

  it('leaves small regions out, and joins what touches at a corner', () => {
    const flagged = flaggedPixels(map, 7)
    expect(removeSmallRegions(flagged, 5, 2)).toEqual([5])
    expect(flagged[0]).toBe(0)
  })
})
