import { describe, expect, it } from 'vitest'
import { createFormats } from '../../../src/renderer/i18n/format.ts'

describe('a duration', () => {
  it('is said without parts that are zero', () => {
    const formats = createFormats('en')
    expect(formats.duration(0)).toBe('0s')
    expect(formats.duration(60)).toBe('1m')
    expect(formats.duration(3725)).toBe('1h 2m')
    expect(createFormats('zh-CN').duration(125)).toBe('2分钟 5秒')
  })
})

describe('a number', () => {
  const formats = createFormats('en')

  it('has separators when it counts', () => {
    expect(formats.count(104_000)).toBe('104,000')
  })

  it('has its significant digits, and an exponent where it is tiny', () => {
    expect(formats.significant(0.38675)).toBe('0.387')
    expect(formats.significant(12.38)).toBe('12.4')
    expect(formats.significant(0.000_05)).toBe('5E-5')
    expect(formats.significant(0)).toBe('0.00')
  })

  it('is short on an axis', () => {
    expect(formats.compact(400_000)).toBe('400K')
    expect(formats.compact(0.25)).toBe('0.25')
    expect(formats.compact(-2000)).toBe('-2,000')
  })

  it('is a share as percent', () => {
    expect(formats.percent(0.125, 1)).toBe('12.5%')
  })

  it('of bytes takes the largest unit that leaves a whole one', () => {
    expect(formats.bytes(999)).toBe('999 byte')
    expect(formats.bytes(1500)).toBe('2 kB')
    expect(formats.bytes(82_400_000_000)).toBe('82.4 GB')
    expect(formats.bytes(0)).toBe('0 byte')
  })
})
