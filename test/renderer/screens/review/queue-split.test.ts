import { describe, expect, it } from 'vitest'
import { nextWaiting, splitToOpen } from '../../../../src/renderer/screens/review/queue-split.ts'

const nothing = { train: 0, validation: 0, test: 0, live: 0 }

describe('the queue that a person sees first', () => {
  it('is that of the last shift, then the test parts, then the validation parts', () => {
    expect(splitToOpen({ train: 9, validation: 3, test: 8, live: 2 }, undefined)).toBe('live')
    expect(splitToOpen({ train: 9, validation: 3, test: 8, live: 0 }, undefined)).toBe('test')
    expect(splitToOpen({ train: 9, validation: 3, test: 0, live: 0 }, undefined)).toBe('validation')
  })

  it('is the one that was chosen, as long as something waits there', () => {
    expect(splitToOpen({ ...nothing, test: 1, live: 2 }, 'test')).toBe('test')
    expect(splitToOpen({ ...nothing, train: 1, live: 2 }, 'train')).toBe('train')
    expect(splitToOpen({ ...nothing, live: 2 }, 'test')).toBe('live')
    expect(splitToOpen({ ...nothing, live: 2 }, null)).toBeNull()
  })

  it('is the one that was chosen, else the test parts, where nothing waits', () => {
    expect(splitToOpen(nothing, 'validation')).toBe('validation')
    expect(splitToOpen(nothing, undefined)).toBe('test')
  })

  it('has the next one after it', () => {
    expect(nextWaiting({ ...nothing, test: 1, live: 2 }, 'live')).toBe('test')
    expect(nextWaiting({ ...nothing, live: 2 }, 'live')).toBeNull()
    expect(nextWaiting({ ...nothing, train: 5 })).toBeNull()
  })
})
