/** Turns messages into words in the reader's language. Windows and the command line use the same words. */
import {
  compile,
  createCoreContext,
  registerMessageCompiler,
  resolveWithKeyValue,
  translate,
} from '@intlify/core-base'
import en from './en.json' with { type: 'json' }
import { type Message, type Param, type Params, recordedBefore, type Topic } from './message.ts'
import chinese from './zh-CN.json' with { type: 'json' }

registerMessageCompiler(compile)

/** An entry of the locale files: a sentence, or its parts by name (a failure has `title` and `remedy`). */
type Entry = string | { readonly [part: string]: string }
type Entries = { readonly [code: string]: Entry }
/**
 * Besides the topics, a locale has `values`: words for values that are English words in the data, such as the state
 * of a run. A sentence with `@:{state}` instead of `{state}` shows the word for the value, or the value itself where
 * there is none.
 */
type Catalog = { readonly [topic in Topic]?: Entries } & {
  readonly values?: { readonly [value: string]: string }
}

const catalogs: { readonly [locale: string]: Catalog } = { en, 'zh-CN': chinese }
const separators: { readonly [locale: string]: { values: string; messages: string } } = {
  'zh-CN': { values: '、', messages: '；' },
}

/**
 * Flattens the catalog: every entry under `topic.code` or `topic.code.part`, and the words for values under the
 * values.
 */
function flat({ values, ...catalog }: Catalog): Record<string, string> {
  const all: Record<string, string> = { ...values }
  for (const [topic, entries] of Object.entries<Entries | undefined>(catalog)) {
    for (const [code, entry] of Object.entries(entries ?? {})) {
      if (typeof entry === 'string') all[`${topic}.${code}`] = entry
      else for (const [part, text] of Object.entries(entry)) all[`${topic}.${code}.${part}`] = text
    }
  }
  return all
}

const context = createCoreContext({
  locale: 'en',
  fallbackLocale: 'en',
  messageResolver: resolveWithKeyValue,
  messages: Object.fromEntries(Object.entries(catalogs).map(([locale, catalog]) => [locale, flat(catalog)])),
  missingWarn: false,
  fallbackWarn: false,
  warnHtmlMessage: false,
})

export interface Words {
  /**
   * The words of a message; if its entry has several parts, those of one part. A code that the locale files do not
   * have is returned itself: it comes from a newer version.
   */
  text(topic: Topic, message: Message, part?: string): string
}

/** @param locale English is used for a locale without files */
export function wordsIn(locale: string): Words {
  const words: Words = {
    text(topic, { code, params }, part) {
      const variant = typeof params.case === 'string' ? `${code}/${params.case}` : code
      const tail = part === undefined ? '' : `.${part}`
      const values = worded(params, part)
      const entries = params.case === recordedBefore ? [variant, recordedBefore, code] : [variant, code]
      for (const entry of entries) {
        const key = `${topic}.${entry}${tail}`
        const text = translate(context, key, values, { locale })
        if (typeof text === 'string' && text !== key) return text
      }
      return code
    },
  }
  const worded = (params: Params, part: string | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(params).map(([name, param]) => [name, one(param, part)]))
  const one = (param: Param, part: string | undefined): string => {
    if (param === null) return ''
    if (typeof param !== 'object') return String(param)
    if ('topic' in param) {
      // Inside a sentence about what happened, a failure is shown by its title; inside a remedy, by its remedy.
      const inner = param.topic === 'failure' ? (part === 'remedy' ? 'remedy' : 'title') : undefined
      return words.text(param.topic, param, inner)
    }
    if ('share' in param) return `${Number((100 * param.share).toPrecision(3))} %`
    // Sentences contain commas themselves, so lists of them use semicolons.
    const isOfMessages = param.some((item) => typeof item === 'object' && item !== null && 'topic' in item)
    const { values, messages } = separators[locale] ?? { values: ', ', messages: '; ' }
    return param.map((item) => one(item, part)).join(isOfMessages ? messages : values)
  }
  return words
}
