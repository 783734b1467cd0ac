import { describe, expect, it } from 'vitest'
import { csvLine } from '../../../../src/main/features/outputs/results-file.ts'

describe('a line of the results', () => {
  it('keeps commas and quotes of a file name inside its cell', () => {
    const part = {
      id: 1,
      watch: 'w',
      file: 'a, "b".png',
      image: 1,
      arrivedAt: 0,
      verdict: 'good' as const,
      score: 0.25,
      threshold: 0.5,
      reason: null,
      judgedAt: 1000,
      run: 'r-1',
      point: 3,
      seenAt: null,
      at: 'line',
      viewed: null,
      partNumber: null,
      view: null,
    }
    expect(csvLine(part, 'line 2', '')).toBe(
      '"a, ""b"".png",good,0.25,0.5,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z,r-1,,line 2,,\n',
    )
    const below = { ...part, file: '=螺丝.png', score: -0.25, threshold: -1e-9 }
    expect(csvLine({ ...below, view: 'left' }, '+3', '0007')).toBe(
      "'=螺丝.png,good,-0.25,-1e-9,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z,r-1,,'+3,0007,left\n",
    )
  })
})
