import { describe, expect, it } from 'vitest'
import { chamferDistance, pooled } from '../../../../src/main/engine/training/likeness.ts'

describe('pictures averaged over squares', () => {
  it('keep the mean of each square and channel', () => {
    // Two channels of 8x8 pixels: 0..63, and -1 everywhere.
    const picture = Float32Array.from({ length: 128 }, (_, i) => (i % 2 === 0 ? i / 2 : -1))
    const cells = pooled(picture, 8, 2)
    // The mean of x + 8 y over 0..3 and 0..3 is 1.5 + 12; four columns on it is 4 more, four rows down 32.
    expect([...cells]).toEqual([13.5, -1, 17.5, -1, 45.5, -1, 49.5, -1])
  })

  it('stay apart from each other', () => {
    const cells = pooled(
      Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? 1 : 3)),
      4,
      1,
    )
    expect([...cells]).toEqual([1, 3])
  })
})

describe('the distance of generated pictures from photographs and back', () => {
  const photographs = Float32Array.of(0, 0, 2, 2)

  it('is 0 where each has the other as its nearest', () => {
    expect(chamferDistance(photographs, Float32Array.of(2, 2, 0, 0, 2, 2), 2)).toBe(0)
  })

  it('is what no picture comes near, where the generator makes one good picture only', () => {
    // (0, 0) is met; (2, 2) is 4 away, the mean of two is 2. The generated one is a photograph.
    expect(chamferDistance(photographs, Float32Array.of(0, 0), 2)).toBe(2)
  })

  it('is what is no photograph, where it makes all of them and something else', () => {
    // (2, 4) is 4 / 2 away from (2, 2): a third of that.
    expect(chamferDistance(photographs, Float32Array.of(0, 0, 2, 2, 2, 4), 2)).toBeCloseTo(2 / 3, 12)
  })
})
