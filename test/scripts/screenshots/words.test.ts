import { describe, expect, it } from 'vitest'
import { wordsOf } from '../../../scripts/screenshots/words.mjs'

describe('the words that a picture finds its buttons by', () => {
  it('are those of the language', () => {
    expect(wordsOf('en')('review.decide.accept')).toBe('Accept')
    expect(wordsOf('zh-CN')('review.decide.accept')).toBe('接受')
  })

  it('end before what is filled in, in the first plural form', () => {
    expect(wordsOf('en')('import.start')).toBe('Import')
    expect(wordsOf('en')('thresholds.chosenBetween')).toBe('95 % interval of the threshold:')
  })

  it('must be there', () => {
    expect(() => wordsOf('en')('review.nowhere')).toThrow('review.nowhere')
  })
})
