/** What is read of the Chinese font before the first word is drawn. */
import { expect, it } from 'vitest'
import { chineseCharacters } from '../../../src/renderer/i18n/chinese-font.ts'
import en from '../../../src/renderer/i18n/en.json'

it('covers the name of the language in the English windows, too', () => {
  const name = en.settings.languages['zh-CN']
  expect(name).toMatch(/^\p{Script=Han}+$/u)
  expect([...name].filter((character) => !chineseCharacters('en').includes(character))).toEqual([])
})
