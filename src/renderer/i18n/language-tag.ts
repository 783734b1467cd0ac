/**
 * On a Linux with the POSIX locale Chromium says that its language is `en-US@posix`. `Intl` throws at that,
 * and libraries ask it as soon as they are loaded.
 */
function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}

/** Gives the window a language that `Intl` knows, where it has none. */
export function repairLanguage(navigator: { readonly language: string }): void {
  if (isLanguageTag(navigator.language)) return
  const [tag = ''] = navigator.language.split(/[@.]/)
  Object.defineProperty(navigator, 'language', { value: isLanguageTag(tag) ? tag : 'en', configurable: true })
}
