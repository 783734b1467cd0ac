import { describe, expect, it } from 'vitest'
import { splitDuration } from '../../src/shared/duration.ts'

describe('a duration', () => {
  it('keeps its seconds below an hour and drops them above', () => {
    expect(splitDuration(59.4)).toEqual({ hours: 0, minutes: 0, seconds: 59 })
    expect(splitDuration(61)).toEqual({ hours: 0, minutes: 1, seconds: 1 })
    expect(splitDuration(3725)).toEqual({ hours: 1, minutes: 2, seconds: 0 })
  })

  it('is never sixty minutes or sixty seconds', () => {
    expect(splitDuration(59.6)).toEqual({ hours: 0, minutes: 1, seconds: 0 })
    expect(splitDuration(7199)).toEqual({ hours: 2, minutes: 0, seconds: 0 })
  })

  it('is nothing rather than negative', () => {
    expect(splitDuration(-3)).toEqual({ hours: 0, minutes: 0, seconds: 0 })
  })
})
