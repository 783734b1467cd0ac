import { describe, expect, it } from 'vitest'
import { proposedMask } from '../../../../src/renderer/screens/label/proposed-mask.ts'
import { eachRun } from '../../../../src/shared/region-shape.ts'

/** A map of rows of digits; 9 is its scale. */
function mapOf(rows: string[]) {
  const width = rows[0]?.length ?? 0
  const values = Uint16Array.from([...rows.join('')].map((digit) => Math.ceil((Number(digit) / 9) * 65_535)))
  return { width, height: rows.length, scale: 9, values }
}
const map = mapOf(['90000', '00770', '00780', '00007', '50000'])

describe('a mask proposed by a map', () => {
  it('has the size of the photograph where the map is smaller', () => {
    const mask = proposedMask(map, 7, { least: 2, defectType: 'dent', width: 10, height: 10 })
    let area = 0
    if (mask) {
      eachRun(mask, (_y, from, to) => {
        area += to - from
      })
    }
    expect(mask).toMatchObject({ x: 4, y: 2, width: 6, height: 6 })
    expect(area).toBe(20)
  })

  it('is none where nothing is as hot', () => {
    expect(proposedMask(map, 7, { least: 50, defectType: 'dent', width: 5, height: 5 })).toBeNull()
  })
})
