import { describe, expect, it } from 'vitest'
import {
  hotPixels,
  proposedRegion,
  withoutSpecks,
} from '../../../../src/renderer/screens/label/map-region.ts'
import { eachRun } from '../../../../src/shared/region-runs.ts'

/** A map of rows of digits; 9 is its scale. */
function mapOf(rows: string[]) {
  const width = rows[0]?.length ?? 0
  const values = Uint16Array.from([...rows.join('')].map((digit) => Math.ceil((Number(digit) / 9) * 65_535)))
  return { width, height: rows.length, scale: 9, values }
}
const map = mapOf(['90000', '00770', '00780', '00007', '50000'])

describe('a mask proposed by a map', () => {
  it('is where the map is at least as hot as the level', () => {
    expect([...hotPixels(map, 7)].filter((hot) => hot === 1)).toHaveLength(6)
    expect([...hotPixels(map, 8.5)].filter((hot) => hot === 1)).toHaveLength(1)
  })

  it('leaves specks out, and joins what touches at a corner', () => {
    const hot = hotPixels(map, 7)
    expect(withoutSpecks(hot, 5, 2)).toEqual({ areas: [5] })
    expect(hot[0]).toBe(0)
  })

  it('has the size of the photograph where the map is smaller', () => {
    const region = proposedRegion(map, 7, { least: 2, defectType: 'dent', width: 10, height: 10 })
    let area = 0
    if (region) {
      eachRun(region, (_y, from, to) => {
        area += to - from
      })
    }
    expect(region).toMatchObject({ x: 4, y: 2, width: 6, height: 6 })
    expect(area).toBe(20)
  })

  it('is none where nothing is as hot', () => {
    expect(proposedRegion(map, 7, { least: 50, defectType: 'dent', width: 5, height: 5 })).toBeNull()
  })
})
