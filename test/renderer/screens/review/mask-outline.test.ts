import { describe, expect, it } from 'vitest'
import { lineWidth, maskOutline } from '../../../../src/renderer/screens/review/mask-outline.ts'

/** A mask from a drawing: `#` is defective. */
function mask(rows: readonly string[]) {
  const width = rows[0]?.length ?? 0
  const data = new Uint8ClampedArray(
    rows.flatMap((row) => [...row].flatMap((c) => Array(4).fill(c === '#' ? 255 : 0))),
  )
  return { width, height: rows.length, data }
}

/** The outline as a drawing: `w` white, `b` black, `.` transparent. */
function drawn(rows: readonly string[], line: number): string[] {
  const pixels = maskOutline(mask(rows), line)
  const width = rows[0]?.length ?? 0
  return rows.map((_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = (y * width + x) * 4
      if (pixels[at + 3] === 0) return '.'
      return pixels[at] === 255 ? 'w' : 'b'
    }).join(''),
  )
}

describe('the outline of a mask', () => {
  it('is white on the inner edge, black on the outer one, and leaves the inside free', () => {
    expect(drawn(['.......', '.#####.', '.#####.', '.#####.', '.#####.', '.#####.', '.......'], 1)).toEqual([
      'bbbbbbb',
      'bwwwwwb',
      'bw...wb',
      'bw...wb',
      'bw...wb',
      'bwwwwwb',
      'bbbbbbb',
    ])
  })

  it('has no line where a defect runs out of the picture', () => {
    expect(drawn(['####', '####'], 1)).toEqual(['....', '....'])
    expect(drawn(['##..', '##..'], 1)).toEqual(['.wb.', '.wb.'])
  })

  it('is as wide as asked', () => {
    expect(drawn(['####....'], 2)).toEqual(['..wwbb..'])
  })

  it('is empty for a part without defects', () => {
    expect(maskOutline(mask(['...', '...']), 1).every((value) => value === 0)).toBe(true)
  })

  it('grows with the picture, so that a shrunk one still shows it', () => {
    expect(lineWidth(64, 64)).toBe(1)
    expect(lineWidth(640, 3200)).toBe(10)
  })
})
