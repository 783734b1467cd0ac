/**
 * What main says went wrong, in the person's language. Main speaks English and names the file and the numbers: an
 * English window shows its words as they are. Another language says by the stable code what it means and what to do,
 * and keeps main's words as the original; a code that it does not know shows main's words alone.
 */
import type { FailureData } from '../shared/failure.ts'
import chinese from './i18n/failures.zh-CN.json'

export interface FailureText {
  title: string
  remedy: string
  /** Main's own words, where the title is not them. */
  original: string | null
}

type Entries<T> = Readonly<Record<string, T | undefined>>
interface Words {
  failure: Entries<{ title: string; remedy: string }>
}

/** English has none: main's words are English. */
const translations: Entries<Words> = { 'zh-CN': chinese }

const sentences = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ')

export function failureText({ code, message, remedy }: FailureData, locale: string): FailureText {
  const said = translations[locale]?.failure[code]
  return said ? { ...said, original: sentences(message, remedy) } : { title: message, remedy, original: null }
}
