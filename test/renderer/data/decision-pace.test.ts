import { describe, expect, it } from 'vitest'
import { partsPerHour } from '../../../src/renderer/data/decision-pace.ts'

describe('parts per hour', () => {
  it('is not known before the second decision', () => {
    expect(partsPerHour([])).toBeNull()
    expect(partsPerHour([1000])).toBeNull()
  })

  it('follows from the time between decisions: one in 10 s is 360', () => {
    expect(partsPerHour([0, 10_000, 20_000, 30_000])).toBeCloseTo(360, 9)
  })

  it('does not count a break', () => {
    expect(partsPerHour([0, 10_000, 10_000 + 3_600_000, 20_000 + 3_600_000])).toBeCloseTo(360, 9)
  })
})
