import { describe, expect, it } from 'vitest'
import { requireWritten } from '../../../src/main/images/unwritten-rows.ts'

const [rowBytes, rows] = [96, 72]
const picture = (): Buffer => Buffer.from(Array.from({ length: rowBytes * rows }, (_, i) => 30 + (i % 200)))
const check = (bytes: Buffer) => () =>
  requireWritten(
    { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) },
    0,
    bytes.length,
    { rowBytes, usedBytes: rowBytes },
  )

describe('rows that were never written', () => {
  it('are found where the zeros begin inside a row', () => {
    for (const at of [1000, 3500, 5050]) {
      expect(check(picture().fill(0, at))).toThrow(expect.objectContaining({ code: 'truncated' }))
    }
  })

  it('are not black rows at the end, which begin with a row', () => {
    expect(check(picture().fill(0, 40 * rowBytes))).not.toThrow()
  })

  it('are not black that occurs elsewhere too', () => {
    const dark = picture().fill(0, 1000)
    expect(check(dark.fill(0, 300, 340))).not.toThrow()
  })

  it('are not a few black pixels in the corner, nor a black picture', () => {
    expect(check(picture().fill(0, rowBytes * rows - 50))).not.toThrow()
    expect(check(Buffer.alloc(rowBytes * rows))).not.toThrow()
  })
})
