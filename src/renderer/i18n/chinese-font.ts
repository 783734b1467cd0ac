/**
 * The Chinese font that is shipped, for computers that have none. It comes in slices that a window reads when it shows
 * their characters, which is too late: until then it draws empty boxes, and some of them stay. So the slices of all
 * words are read before these are drawn.
 */
import messagesEn from '../../shared/messages/en.json'
import messagesZhCN from '../../shared/messages/zh-CN.json'
import en from './en.json'
import type { Locale } from './index.ts'
import zhCN from './zh-CN.json'

const words = { en: [en, messagesEn], 'zh-CN': [zhCN, messagesZhCN] }
const weights = [400, 600]

/** The characters of a language's words that Latin fonts lack. In English these are the name of the other language. */
export function chineseCharacters(locale: Locale): string {
  const found = JSON.stringify(words[locale]).match(/[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/gu)
  return [...new Set(found)].join('')
}

/** Resolves when the words of a language can be drawn. Where a slice cannot be read, the rest is drawn all the same. */
export async function loadChineseFont(locale: Locale): Promise<void> {
  const text = chineseCharacters(locale)
  await Promise.allSettled(
    weights.map((weight) => document.fonts.load(`${weight} 13px "Noto Sans SC"`, text)),
  )
}
