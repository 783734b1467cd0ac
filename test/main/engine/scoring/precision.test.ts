import { describe, expect, it } from 'vitest'
import { scoresAgree } from '../../../../src/main/engine/scoring/precision.ts'

const normal = Array.from({ length: 101 }, (_, i) => 1 + i / 100)

describe('scores in bfloat16 stand in for those in float32', () => {
  it('where each normal score moves by less than a fiftieth of their range', () => {
    // The middle 80 % reach from 1.1 to 1.9: 0.016 is allowed.
    expect(scoresAgree({ izif: normal }, { izif: normal.map((score) => score + 0.015) })).toBe(true)
    expect(scoresAgree({ izif: normal }, { izif: normal.map((score) => score + 0.017) })).toBe(false)
  })

  it('for every kind of score, also where one image could not be scored', () => {
    expect(scoresAgree({ izif: normal, ziz: normal }, { izif: normal })).toBe(false)
    expect(scoresAgree({ izif: normal }, { izif: normal.slice(1) })).toBe(false)
  })
})
