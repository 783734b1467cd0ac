import { describe, expect, it } from 'vitest'
import { parameter, wholeNumber } from '../../../src/main/command-line/option-values.ts'

describe('a whole number', () => {
  it('is taken in its range', () => {
    expect(['0', '7', '65535'].map(wholeNumber(0, 65_535))).toEqual([0, 7, 65_535])
  })

  it.each(['', '-1', '1.5', '1e3', '0x10', ' 1', '65536', 'one'])('is not %j', (text) => {
    expect(() => wholeNumber(0, 65_535)(text)).toThrow('from 0 to 65535')
  })
})

describe('a parameter', () => {
  it('is a number, a truth value or text, by its value', () => {
    const all = ['batch=16', 'rate=1e-4', 'decay=true', 'flips=none', 'note=a=b', 'empty='].reduce<
      ReturnType<typeof parameter>
    >((before, text) => parameter(text, before), {})
    expect(all).toEqual({ batch: 16, rate: 1e-4, decay: true, flips: 'none', note: 'a=b', empty: '' })
  })

  it.each(['batch', '=4', 'two words=4'])('is not %j', (text) => {
    expect(() => parameter(text)).toThrow('key=value')
  })
})
