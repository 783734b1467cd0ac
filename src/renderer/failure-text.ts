/**
 * What main says went wrong, in the person's language. Main speaks English and names the file and the numbers: an
 * English window shows its words as they are. Another language says by the stable code what it means and what to do,
 * and keeps main's words as the original; a code that it does not know shows main's words alone.
 */
import type { Finding } from '../shared/doctor.ts'
import type { FailureData } from '../shared/failure.ts'
import type { Problem } from '../shared/workspace.ts'
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
  doctorFact: Entries<string>
  doctorValue: Entries<string>
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
  ['no-part', /^no part was found on it: all of the photograph counts$/],
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
  // Why a mask of an import was left out.
  ['skip-empty', /^it marks no pixel$/],
  ['skip-unknown', /^no image of the dataset is called (?<file>.+)$/],
  ['skip-size', /^it has (?<size>\d+ x \d+) pixels, (?<file>.+) has (?<other>.+)$/],
  ['skip-format', /^it is not a file of the format (?<words>\w+)$/],
  ['skip-area', /shapes of the kind (?<words>.+) have no area$/],
  ['skip-frozen', /^The validation (?:set|split) .*frozen/],
  // Why the engine computes with what it does.
  ['provider-asked', /^FANOSCOPE_BACKEND=cpu asks for plain JavaScript\.$/],
  ['provider-gpu', /^The TensorFlow library sees a GPU\.$/],
  ['provider-processor', /^The TensorFlow library sees no GPU and uses the processor\.$/],
  ['provider-no-binding', /^tfjs-node started without its native binding\.$/],
  ['provider-not-loaded', /^The TensorFlow library could not be loaded: (?<words>.*)$/],
]

/** Values of the doctor's facts that are sentences; the others are names and numbers in every language. */
const doctorValues: readonly [name: string, pattern: RegExp][] = [
  ['wanted', /^(?<value>\S+) \(wanted: (?<other>.+)\)$/],
  ['threads', /^(?<value>.+), (?<count>\d+) threads$/],
  ['memory', /^(?<value>.+), (?<other>.+) of it free$/],
  ['no-gpu', /^none from NVIDIA$/],
  ['does-not-start', /^does not start$/],
  ['not-used', /^not used; tfjs (?<value>\S+) on (?<other>\S+)\. (?<why>.+)$/],
  ['library', /^(?<value>\d\S*)\. (?<why>.+)$/],
  ['right', /^(?<value>.+): right, (?<other>.+)$/],
  ['wrong', /^(?<value>.+): WRONG, (?<other>.+)$/],
  ['none', /^(?:none|nothing)$/],
  ['unknown', /^(?:unknown|not known)$/],
  ['not-here', /^not here$/],
  ['there', /^there$/],
  ['built', /^built$/],
  ['not-built', /^not built$/],
  ['absent', /^(?<value>.+) \(not made yet\)$/],
  ['is-there', /^(?<value>.+) \(there\)$/],
  ['is-open', /^(?<value>.+) \(open\)$/],
  ['in-use', /^(?<value>.+) \(in use by another program\)$/],
  ['unusable', /^(?<value>.+) \(cannot be opened\)$/],
]

/** Where the doctor's text begins the value of a fact. */
const doctorColumn = 13

/** The facts of the doctor's report: a name and a value a line, up to the first empty one. */
export function doctorFacts(text: string, locale: string): { name: string; value: string }[] {
  const words = translations[locale]
  const lines = (text.split('\n\n', 1)[0] ?? '').split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const name = line.slice(0, doctorColumn).trim()
    const value = line.slice(doctorColumn)
    return { name: words?.doctorFact[name] ?? name, value: words ? doctorValue(value, locale) : value }
  })
}

function doctorValue(value: string, locale: string): string {
  for (const [name, pattern] of doctorValues) {
    const found = pattern.exec(value)
    const said = translations[locale]?.doctorValue[name]
    if (found === null || said === undefined) continue
    return said.replace(/\{(\w+)\}/g, (_place, key: string) => {
      const part = found.groups?.[key] ?? ''
      return key === 'why' ? warningText(part, locale) : part
    })
  }
  return value
}

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
