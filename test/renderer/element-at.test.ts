import { expect, it } from 'vitest'
import { elementAt } from '../../src/renderer/element-at.ts'

it('an element is read, and one that is not there is an error instead of a zero', () => {
  expect(elementAt(Uint16Array.of(3, 5), 1)).toBe(5)
  expect(() => elementAt([1, 2], 2)).toThrow(RangeError)
  expect(() => elementAt(Uint8Array.of(1), -1)).toThrow(RangeError)
})
