import { describe, expect, it } from 'vitest'
import { pairedShares } from '../../../src/main/metrics/paired-shares.ts'

describe('the interval of a paired difference of shares', () => {
  it('is the published one of the pairs of Armitage and Berry', () => {
    // Newcombe 1998, table II: 36, 12, 2, 0 pairs; method 10 gives 0.0569 to 0.3404 for the first less the second.
    const interval = pairedShares({ both: 36, onlyA: 2, onlyB: 12, neither: 0 })
    expect(interval?.low).toBeCloseTo(0.0569, 4)
    expect(interval?.high).toBeCloseTo(0.3404, 4)
  })

  it('turns over with the order of the two', () => {
    const there = pairedShares({ both: 30, onlyA: 5, onlyB: 9, neither: 6 })
    const back = pairedShares({ both: 30, onlyA: 9, onlyB: 5, neither: 6 })
    expect(there?.low).toBeCloseTo(-(back?.high ?? 0), 12)
    expect(there?.high).toBeCloseTo(-(back?.low ?? 0), 12)
  })

  it('has a width where all of few parts went the same way', () => {
    const interval = pairedShares({ both: 3, onlyA: 0, onlyB: 0, neither: 0 })
    expect(interval?.low).toBeLessThan(-0.5)
    expect(interval?.high).toBeGreaterThan(0.5)
  })

  it('is none without parts', () => {
    expect(pairedShares({ both: 0, onlyA: 0, onlyB: 0, neither: 0 })).toBeNull()
  })
})
