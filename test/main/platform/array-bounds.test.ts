import { describe, expect, it } from 'vitest'
import { requireLength, requireRows } from '../../../src/main/platform/array-bounds.ts'

describe('a wrong length', () => {
  it('is refused with the length that was expected and the one that was given', () => {
    expect(() => requireLength(new Float32Array(3), 4, 'Pixels of a map')).toThrow(
      new RangeError('Pixels of a map: 4 values were expected, 3 were given'),
    )
    expect(() => requireLength([1, 2], 2, 'Pixels of a map')).not.toThrow()
  })

  it('is one that is not made of whole rows', () => {
    expect(() => requireRows(new Float32Array(7), 3, 'Codes')).toThrow(
      new RangeError('Codes: rows of 3 values were expected, 7 were given'),
    )
    expect(() => requireRows(new Float32Array(6), 3, 'Codes')).not.toThrow()
    expect(() => requireRows(new Float32Array(6), 0, 'Codes')).toThrow(RangeError)
  })
})
