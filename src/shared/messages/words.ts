/** Messages in words, in the language of the person who reads them; the same words in windows and on the command line. */
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
 * Beside the topics, a locale may have words for `values` that are English words as they are, such as the state of a
 * run: a sentence with `@:{state}` instead of `{state}` says the word, or the value itself where it has none.
 */
type Catalog = { readonly [topic in Topic]?: Entries } & {
  readonly values?: { readonly [value: string]: string }
}

const catalogs: { readonly [locale: string]: Catalog } = { en, 'zh-CN': chinese }
const separators: { readonly [locale: string]: { values: string; messages: string } } = {
  'zh-CN': { values: '、', messages: '；' },
}

/** Every entry under `topic.code` or `topic.code.part`, and the words of values under the values. */
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
   * The words of a message; of an entry with parts, those of one part.
   * A code that the locale files do not know is given back as it is: it comes from a newer version.
   */
  text(topic: Topic, message: Message, part?: string): string
}

/** @param locale one without locale files is English */
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
      // A failure inside a sentence is told by what happened; inside of what to do, by what to do.
      const inner = param.topic === 'failure' ? (part === 'remedy' ? 'remedy' : 'title') : undefined
      return words.text(param.topic, param, inner)
    }
    if ('share' in param) return `${Number((100 * param.share).toPrecision(3))} %`
    // Sentences have commas of their own.
    const isOfMessages = param.some((item) => typeof item === 'object' && item !== null && 'topic' in item)
    const { values, messages } = separators[locale] ?? { values: ', ', messages: '; ' }
    return param.map((item) => one(item, part)).join(isOfMessages ? messages : values)
  }
  return words
}
