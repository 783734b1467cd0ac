import { describe, expect, it } from 'vitest'
import {
  curvePoints,
  curveVerdict,
  usualCounts,
} from '../../../../src/main/features/learning-curve/curve-points.ts'

const good = { defect: null }
const point = (count: number, mean: number, spread: number | null = 0.01) => ({
  count,
  draws: 3,
  mean,
  spread,
})

describe('points of a learning curve', () => {
  it('have the mean and the standard deviation of the image AUROC over the draws', () => {
    const judges = [good, good, { defect: 'dent' }]
    const draws = [
      { count: 20, scores: [0, 1, 2] },
      { count: 10, scores: [0, 1, 2] },
      { count: 10, scores: [0, 2, 1] },
    ]
    expect(curvePoints(draws, judges, false)).toEqual([
      // Areas 1 and 1/2: mean 3/4, deviation 1/4 times the square root of 2.
      { count: 10, draws: 2, mean: 0.75, spread: expect.closeTo(Math.SQRT2 / 4, 12) },
      { count: 20, draws: 1, mean: 1, spread: null },
    ])
  })

  it('count each type of made defects the same', () => {
    const judges = [
      good,
      good,
      { defect: 'spot' },
      { defect: 'spot' },
      { defect: 'spot' },
      { defect: 'stain' },
    ]
    const draws = [{ count: 10, scores: [1, 1, 2, 2, 2, 0] }]
    expect(curvePoints(draws, judges, true)[0]?.mean).toBe(0.5)
    expect(curvePoints(draws, judges, false)[0]?.mean).toBe(0.75)
  })
})

describe('the verdict', () => {
  it('is the count from which on no gain is larger than the spread', () => {
    const points = [
      point(10, 0.8),
      point(20, 0.9),
      point(50, 0.95),
      point(100, 0.955),
      point(200, 0.953, null),
    ]
    expect(curveVerdict(points)).toEqual({ kind: 'enough', count: 50 })
  })

  it('is that more would help where the last step still gains more', () => {
    const points = [point(10, 0.8), point(20, 0.85), point(40, 0.9, null)]
    expect(curveVerdict(points)).toEqual({ kind: 'rising', count: 40 })
  })

  it('does not trust a small spread of a few draws where that of the others is larger', () => {
    const points = [point(10, 0.94, 0), point(20, 0.95, 0.02), point(40, 0.951, null)]
    expect(curveVerdict(points)).toEqual({ kind: 'enough', count: 10 })
  })

  it('takes a gain of a thousandth for none', () => {
    const points = [point(10, 0.998, 0), point(20, 0.999, null)]
    expect(curveVerdict(points)).toEqual({ kind: 'enough', count: 10 })
  })
})

it('counts go up in steps of 1, 2 and 5, and stay away from all photographs', () => {
  expect(usualCounts(480)).toEqual([10, 20, 50, 100, 200])
  expect(usualCounts(30)).toEqual([5, 10])
  expect(usualCounts(20)).toEqual([5, 10])
  expect(usualCounts(8)).toEqual([2])
})
