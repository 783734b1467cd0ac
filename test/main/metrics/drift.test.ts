import { describe, expect, it } from 'vitest'
import { ewmaChart, stabilityIndex, testMartingale } from '../../../src/main/metrics/drift.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

const normals = (seed: number, count: number, shift = 0): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random.normal() + shift)
}
const ascending = (values: number[]): number[] => [...values].sort((a, b) => a - b)

describe('the odds against nothing having changed', () => {
  it('reach 20 by luck in at most one of twenty lines, however often one looks', () => {
    let alarms = 0
    for (let line = 0; line < 400; line++) {
      const odds = testMartingale(normals(line, 40), normals(10_000 + line, 300), createRandom(line, 'ties'))
      if (Math.max(...odds) >= Math.log(20)) alarms++
    }
    expect(alarms / 400).toBeLessThanOrEqual(0.05)
  })

  it('reach 100 soon after the scores have moved by one standard deviation', () => {
    const odds = testMartingale(normals(1, 60), [...normals(2, 100), ...normals(3, 150, 1)], createRandom(1))
    expect(Math.max(...odds.subarray(0, 100))).toBeLessThan(Math.log(100))
    expect(Math.max(...odds)).toBeGreaterThan(Math.log(100))
  })
})

describe('the control chart', () => {
  it('stays near zero without drift and leaves its limits with it', () => {
    const reference = ascending(normals(1, 500))
    const calm = ewmaChart(reference, normals(5, 100))
    expect(calm.filter(({ value, limit }) => Math.abs(value) > limit).length).toBeLessThan(3)
    const moved = ewmaChart(reference, normals(5, 100, 1))
    expect(moved.at(-1)?.value).toBeGreaterThan(moved.at(-1)?.limit ?? 9)
  })

  it('has limits that widen to width * sqrt(lambda / (2 - lambda))', () => {
    const chart = ewmaChart([0], new Array<number>(200).fill(0))
    expect(chart.at(-1)?.limit).toBeCloseTo(2.814 * Math.sqrt(0.1 / 1.9), 6)
    expect(chart[0]?.limit).toBeCloseTo(2.814 * 0.1, 6)
  })
})

describe('the population stability index', () => {
  it('is the sum over bins of (q - p) ln(q / p)', () => {
    const reference = Array.from({ length: 40 }, (_, i) => i)
    const sample = Array.from({ length: 20 }, (_, i) => i)
    // Two bins, edge at 20: p = 20.5/41 each, q = 20.5/21 and 0.5/21.
    const q = [20.5 / 21, 0.5 / 21]
    const expected = q.reduce((sum, share) => sum + (share - 0.5) * Math.log(share / 0.5), 0)
    expect(stabilityIndex(reference, sample)).toBeCloseTo(expected, 12)
  })

  it('is small for the same and large for another distribution, and not known for a handful', () => {
    const reference = ascending(normals(1, 200))
    expect(stabilityIndex(reference, normals(2, 200))).toBeLessThan(0.25)
    expect(stabilityIndex(reference, normals(3, 200, 1.5))).toBeGreaterThan(0.25)
    expect(stabilityIndex(reference, [1, 2, 3])).toBeNull()
  })
})
