import { createI18n } from 'vue-i18n'
import en from './en.json'
import zhCN from './zh-CN.json'

export const locales = ['en', 'zh-CN'] as const
export type Locale = (typeof locales)[number]

/** The language of the system where the screens have it, else English. */
export function systemLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zhCN },
  // The screen shows the key instead. This line tells a developer, and the tests of the windows, why.
  missing: (locale, key) => console.warn(`No text for ${key} in ${locale}.`),
})
