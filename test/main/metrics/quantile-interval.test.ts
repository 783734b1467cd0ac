import { describe, expect, it } from 'vitest'
import { quantileInterval } from '../../../src/main/metrics/quantile-interval.ts'

const ordered = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('the interval of a quantile', () => {
  // Tables of the sign test: of 10 halves P(X <= 1) is 11/1024 and P(X <= 2) 56/1024, so that the lower end at 2.5 %
  // lies between values 2 and 3; of 20, P(X <= 5) is 0.0207 and P(X <= 6) 0.0577: between values 6 and 7.
  it.each([
    [10, 2],
    [20, 6],
  ])('of the median of %d values begins above value %d and below the next', (n, rank) => {
    const found = quantileInterval(ordered(n), 0.5)
    expect(found?.low).toBeGreaterThan(rank)
    expect(found?.low).toBeLessThan(rank + 1)
    expect((found?.low ?? 0) + (found?.high ?? 0)).toBeCloseTo(n + 1, 10)
  })

  it('is that of whole order statistics at their own level', () => {
    const found = quantileInterval(ordered(10), 0.5, 1 - 22 / 1024)
    expect(found?.low).toBeCloseTo(2, 10)
    expect(found?.high).toBeCloseTo(9, 10)
  })

  it('ends with the values where they do not reach far enough', () => {
    expect(quantileInterval(ordered(5), 0.5)).toEqual({ low: 1, high: 5 })
    expect(quantileInterval(ordered(40), 0.99)).toMatchObject({ high: 40 })
    expect(quantileInterval([], 0.5)).toBeNull()
  })

  it('of 100,000 values is as narrow as the normal approximation of the binomial', () => {
    const found = quantileInterval(ordered(100_000), 0.99)
    const half = 1.959964 * Math.sqrt(100_000 * 0.99 * 0.01)
    expect(Math.abs((found?.low ?? 0) - (99_000 - half))).toBeLessThan(2.5)
    expect(Math.abs((found?.high ?? 0) - (99_000 + half))).toBeLessThan(2.5)
  })

  it.each([0, 1, -0.5])('is refused for the share %d', (share) => {
    expect(() => quantileInterval([1], share)).toThrow(expect.objectContaining({ code: 'metrics-argument' }))
  })
})
