import { describe, expect, it } from 'vitest'
import { elementAt, requireLength, requireRows } from '../../../src/main/platform/array-bounds.ts'

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

describe('an element that must be there', () => {
  it('is given where it is, also where it is 0', () => {
    expect(elementAt(Uint8Array.of(5, 0), 1, 'Images')).toBe(0)
    expect(elementAt(['a', 'b'], 0, 'Names')).toBe('a')
  })

  it.each([-1, 2, 0.5, Number.NaN])('is refused at %d where it is not', (index) => {
    expect(() => elementAt(Uint8Array.of(5, 0), index, 'Images')).toThrow(
      new RangeError(`Images: there is no ${index} among 2`),
    )
  })
})
