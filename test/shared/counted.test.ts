import { expect, it } from 'vitest'
import { countedText, percentText, shareText, shareTexts } from '../../src/shared/counted.ts'

it.each([
  [7, 7, '7 of 7 (100%)', '7 / 7（100%）'],
  [0, 3, '0 of 3 (0%)', '0 / 3（0%）'],
  [48, 49, '48 of 49 (98%)', '48 / 49（98%）'],
  [49, 50, '98.0% (49 of 50)', '98.0%（49 / 50）'],
  [1230, 1250, '98.4% (1,230 of 1,250)', '98.4%（1,230 / 1,250）'],
])('%i of %i parts is %s', (part, whole, english, chinese) => {
  expect(shareText({ part, whole }, 'en')).toBe(english)
  expect(shareText({ part, whole }, 'zh-CN')).toBe(chinese)
})

it('says nothing of no parts', () => {
  const none = { part: 0, whole: 0 }
  expect([shareText(none, 'en'), countedText(none, 'en'), percentText(none, 'en')]).toEqual(['–', '–', '–'])
  expect(shareTexts(none, 'en')).toEqual({ main: '–', beside: '' })
})
