import { describe, expect, it } from 'vitest'
import { formatBytes } from '../../../src/main/command-line/size.ts'

describe('bytes as a person says them', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [3_456_000, '3.5 MB'],
    [123_456_789_000, '123 GB'],
  ])('%i is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
