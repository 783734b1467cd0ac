/** Language and theme. The browser keeps them for the first paint, the application's settings keep them for good. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { call } from '../bridge.ts'
import { loadChineseFont } from '../i18n/chinese-font.ts'
import { i18n, type Locale, locales, systemLocale } from '../i18n/index.ts'

export const themes = ['system', 'dark', 'light'] as const
export type Theme = (typeof themes)[number]
export const languages = ['system', ...locales] as const
export type Language = (typeof languages)[number]

const themeKey = 'ui.theme'
const languageKey = 'ui.language'

const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)
const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value)

export const usePreferencesStore = defineStore('preferences', () => {
  const theme = ref<Theme>('system')
  const language = ref<Language>('system')
  const systemIsLight = ref(false)

  const effectiveTheme = computed(() =>
    theme.value === 'system' ? (systemIsLight.value ? 'light' : 'dark') : theme.value,
  )
  const locale = computed<Locale>(() =>
    language.value === 'system' ? systemLocale(navigator.languages) : language.value,
  )

  function apply(): void {
    const root = document.documentElement
    root.classList.toggle('dark', effectiveTheme.value === 'dark')
    root.classList.toggle('light', effectiveTheme.value === 'light')
    root.lang = locale.value
    i18n.global.locale.value = locale.value
  }

  async function load(): Promise<void> {
    const media = matchMedia('(prefers-color-scheme: light)')
    systemIsLight.value = media.matches
    media.addEventListener('change', (event) => {
      systemIsLight.value = event.matches
    })
    await Promise.all([
      remembered(themeKey, isTheme, (value) => {
        theme.value = value
      }),
      remembered(languageKey, isLanguage, (value) => {
        language.value = value
      }),
    ])
    await loadChineseFont(locale.value)
    apply()
    watch(effectiveTheme, apply)
    watch(locale, (now) => loadChineseFont(now).then(apply))
    watch(theme, (value) => remember(themeKey, value))
    watch(language, (value) => remember(languageKey, value))
  }

  function toggleTheme(): void {
    theme.value = effectiveTheme.value === 'dark' ? 'light' : 'dark'
  }

  function toggleLanguage(): void {
    language.value = locale.value === 'en' ? 'zh-CN' : 'en'
  }

  return { theme, language, effectiveTheme, locale, load, toggleTheme, toggleLanguage }
})

async function remembered<T>(key: string, is: (value: unknown) => value is T, set: (value: T) => void) {
  const local = localStorage.getItem(key)
  if (is(local)) set(local)
  try {
    const { value } = await call('setting.get', { key })
    if (is(value)) set(value)
  } catch {
    // Before a workspace is open there may be no place for settings; what the browser keeps is enough then.
  }
}

async function remember(key: string, value: string): Promise<void> {
  localStorage.setItem(key, value)
  try {
    await call('setting.set', { key, value })
  } catch {
    // As above: the choice holds in this window and is stored with the next change.
  }
}
