import { describe, expect, it } from 'vitest'
import { robustRange } from '../../../src/renderer/ui/axis-range.ts'

const line = (count: number, value: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => value(i))

describe('the range of an axis', () => {
  it('holds every value where none is wild', () => {
    const [low, high] = robustRange([line(100, (i) => i)])
    expect(low).toBeLessThanOrEqual(0)
    expect(high).toBeGreaterThanOrEqual(99)
  })

  it('is not decided by one wild value', () => {
    const [, high] = robustRange([line(100, (i) => (i === 50 ? 400_000 : i % 10))])
    expect(high).toBeLessThan(20)
  })

  it('is not empty where all values are the same', () => {
    const [low, high] = robustRange([[3, 3, 3]])
    expect(low).toBeLessThan(3)
    expect(high).toBeGreaterThan(3)
  })

  it('is there before any value has come', () => {
    expect(robustRange([[], [null, null]])).toEqual([0, 1])
  })
})
