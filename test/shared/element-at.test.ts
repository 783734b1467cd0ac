import { describe, expect, it } from 'vitest'
import { elementAt } from '../../src/shared/element-at.ts'

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

  it('is refused without a name for the list too', () => {
    expect(elementAt(Uint16Array.of(3, 5), 1)).toBe(5)
    expect(() => elementAt([1, 2], 2)).toThrow(RangeError)
    expect(() => elementAt(Uint8Array.of(1), -1)).toThrow(RangeError)
  })
})
