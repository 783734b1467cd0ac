import { describe, expect, it } from 'vitest'
import { rateAtTarget } from '../../../src/main/metrics/rate-at-target.ts'

const ones = (n: number) => new Uint8Array(n).fill(1)

describe('a threshold for a target', () => {
  //                normal: 1 2 3 4, anomalous: 2.5 3.5 5 6
  const scores = [1, 2, 3, 4, 2.5, 3.5, 5, 6]
  const labels = [0, 0, 0, 0, 1, 1, 1, 1]

  it('flags as much as the false-reject rate allows', () => {
    const none = rateAtTarget(scores, labels, { falseRejectRate: 0 })
    expect(none.rate(ones(8))).toBe(0.5)
    expect(none.threshold).toBe(4.5)
    const quarter = rateAtTarget(scores, labels, { falseRejectRate: 0.25 })
    expect(quarter.rate(ones(8))).toBe(0.75)
    expect(quarter.threshold).toBe(3.25)
  })

  it('flags no more than the recall needs', () => {
    expect(rateAtTarget(scores, labels, { recall: 0.5 }).rate(ones(8))).toBe(0)
    expect(rateAtTarget(scores, labels, { recall: 1 }).rate(ones(8))).toBe(0.5)
  })

  it('is set anew for a draw', () => {
    // The normal item with the highest score is not drawn.
    expect(rateAtTarget(scores, labels, { falseRejectRate: 0 }).rate([1, 1, 2, 0, 1, 1, 1, 1])).toBe(0.75)
  })

  it('does not part equal scores', () => {
    const tied = rateAtTarget([1, 2, 2, 2], [0, 0, 1, 1], { falseRejectRate: 0.4 })
    expect(tied.rate(ones(4))).toBe(0)
    expect(tied.threshold).toBeGreaterThan(2)
  })

  it('loses no item to rounding: 7 % of 100 are 7', () => {
    const many = Float64Array.from({ length: 101 }, (_, i) => i)
    const isLast = Float64Array.from(many, (value) => Number(value === 93))
    expect(rateAtTarget(many, isLast, { falseRejectRate: 0.07 }).rate(ones(101))).toBe(1)
  })

  it('says nothing where a class is empty', () => {
    expect(rateAtTarget([1, 2], [0, 0], { falseRejectRate: 0.5 }).rate(ones(2))).toBeNull()
    expect(rateAtTarget([1, 2], [0, 0], { falseRejectRate: 0.5 }).threshold).toBe(1.5)
  })
})
