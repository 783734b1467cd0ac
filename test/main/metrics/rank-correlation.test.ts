import { expect, it } from 'vitest'
import { spearman } from '../../../src/main/metrics/rank-correlation.ts'

it('is that of the ranks: 1 - 6 * sum(d^2) / (n * (n^2 - 1)) where no value is there twice', () => {
  // Ranks 1 2 3 4 5 and 2 1 4 5 3: d = -1 1 -1 -1 2, so 1 - 6 * 8 / 120.
  expect(spearman([10, 20, 30, 40, 50], [7, 1, 9, 11, 8])).toBeCloseTo(0.6, 12)
})

it('is 1 and -1 for lists in the same and in the opposite order, however far apart the values are', () => {
  expect(spearman([1, 2, 3], [5, 6, 1000])).toBe(1)
  expect(spearman([1, 2, 3], [1000, 6, 5])).toBe(-1)
})

it('gives equal values the mean of their ranks', () => {
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
  expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12)
})

it('is not there where one list is constant', () => {
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull()
  expect(spearman([1], [2])).toBeNull()
})
