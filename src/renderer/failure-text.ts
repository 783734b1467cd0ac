/**
 * What main says went wrong, in the person's language. Main speaks English and names the file and the numbers: an
 * English window shows its words as they are. Another language says by the stable code what it means and what to do,
 * and keeps main's words as the original; a code that it does not know shows main's words alone.
 */
import type { Finding, Problem } from '../shared/domain.ts'
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
  refusal: Entries<{ title: string; remedy: string }>
  problem: Entries<{ title: string; remedy: string }>
  finding: Entries<{ title: string; cost: string; remedy: string }>
  warning: Entries<string>
  value: Entries<string>
}

/** English has none: main's words are English. */
const translations: Entries<Words> = { 'zh-CN': chinese }

const sentences = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ')

export function failureText({ code, message, remedy }: FailureData, locale: string): FailureText {
  const words = translations[locale]
  const said = words?.failure[code] ?? words?.refusal[code]
  return said ? { ...said, original: sentences(message, remedy) } : { title: message, remedy, original: null }
}

/** Why a file was refused. Its code stands as words at the beginning of the reason, where nobody gives it. */
export function refusalText(reason: string, locale: string, code = refusalOf(reason)): FailureText {
  const said = code === null ? undefined : translations[locale]?.refusal[code]
  return said ? { ...said, original: reason } : { title: reason, remedy: '', original: null }
}

export function refusalOf(reason: string): string | null {
  return Object.keys(chinese.refusal).find((code) => reason.startsWith(code.replaceAll('-', ' '))) ?? null
}

/** What a check of the workspace found at one file. */
export function problemText({ code, message, remedy }: Problem, locale: string): FailureText {
  const said = translations[locale]?.problem[code]
  return said ? { ...said, original: message } : { title: message, remedy, original: null }
}

/** A finding of the doctor in another language than its own; null where the report says it already. */
export function findingText({ code }: Finding, locale: string) {
  return translations[locale]?.finding[code] ?? null
}

/** What main remarks on an image or a mask, by the words that it keeps with it; the more special come first. */
const warnings: readonly [name: string, pattern: RegExp][] = [
  ['decoder', /^the decoder warned: (?<words>.*)$/],
  ['transparency', /^transparency was flattened on black$/],
  ['pages', /^the file has (?<count>\d+) pages; only the first page is used$/],
  ['cmyk', /^CMYK was converted to sRGB$/],
  ['small', /^smaller than a tile: its border pixels were repeated to fill one$/],
  ['mask-of-normal', /^not used: (?<file>.+) is labeled normal$/],
  ['mask-size', /^not used: the mask has (?<size>\d+ x \d+) pixels, (?<file>.+) has (?<other>.+)$/],
  ['mask-empty', /^not used: the mask of (?<file>.+) marks no pixel$/],
  ['mask-alone', /^not used: no photograph belongs to this mask$/],
  ['mask-refused', /^not used: (?<reason>.+)$/],
  ['no-mask', /^no mask belongs to this photograph$/],
  ['removed-copy', /^not added: the same photograph \((?<file>.+)\) was removed from the dataset$/],
  ['removed', /^not added: it was removed from the dataset$/],
  [
    'other-label',
    /^the same photograph is labeled (?<label>\w+) as (?<file>.+) and (?<other>\w+) here; the first was kept$/,
  ],
  ['other-split', /^the same photograph is for training as (?<file>.+) and for testing here;/],
  ['no-normal', /^there is no photograph labeled normal, and training needs them:/],
]

export function warningText(warning: string, locale: string): string {
  const words = translations[locale]
  for (const [name, pattern] of warnings) {
    const found = pattern.exec(warning)
    const said = words?.warning[name]
    if (found === null || said === undefined) continue
    return said.replace(/\{(\w+)\}/g, (_place, key: string) => {
      const value = found.groups?.[key] ?? ''
      return key === 'reason' ? refusalText(value, locale).title : (words?.value[value] ?? value)
    })
  }
  return warning
}
