import { describe, expect, it } from 'vitest'
import en from '../../../src/renderer/i18n/en.json'
import { i18n, locales, systemLocale } from '../../../src/renderer/i18n/index.ts'
import zhCN from '../../../src/renderer/i18n/zh-CN.json'

const sources = Object.values(
  import.meta.glob<string>('../../../src/renderer/**/*.{ts,vue}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)

function messagesOf(tree: unknown, path: string[] = []): [key: string, message: string][] {
  if (typeof tree === 'string') return [[path.join('.'), tree]]
  if (typeof tree !== 'object' || tree === null) throw new TypeError(`${path.join('.')} is not a message`)
  return Object.entries(tree).flatMap(([name, below]) => messagesOf(below, [...path, name]))
}

const english = new Map(messagesOf(en))
const chinese = new Map(messagesOf(zhCN))

const found = (pattern: RegExp): Set<string> =>
  new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1] ?? '')))

/** What is surely a key: the argument of `t` or `te`, and the names that shortcuts and screens give to it. */
const named = found(/(?:\b(?:t|te)\(\s*|\b(?:label|title): ?)['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/g)
/** Every text that might be one. */
const mentioned = found(/['"`]([a-zA-Z][\w-]*(?:\.[\w-]+)+)['"`]/g)
/** Keys with a changing part, such as `jobs.state.${job.state}`. */
const templates = [...found(/`([a-z][\w-]*\.[^`]*\$\{[^`]*)`/g)]
  .map((template) => template.split(/\$\{[^}]*\}/))
  .map((parts) => new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('[^.]+')}$`))

const placeholders = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort()

describe('the locale files', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('have every key that a screen asks for', () => {
    expect([...named].filter((key) => !english.has(key))).toEqual([])
  })

  it('have a message for every key with a changing part', () => {
    const keys = [...english.keys()]
    const unanswered = templates.filter((template) => !keys.some((key) => template.test(key)))
    // Templates that are no keys: addresses of pixels and the like hold a slash and match nothing here.
    expect(unanswered.map(String).filter((pattern) => !pattern.includes('/', 2))).toEqual([])
  })

  it('have no key that no screen asks for', () => {
    const unused = [...english.keys()].filter(
      (key) => !mentioned.has(key) && !templates.some((template) => template.test(key)),
    )
    expect(unused).toEqual([])
  })

  it('fill in the same values in both languages', () => {
    const different = [...english].filter(
      ([key, message]) => placeholders(message).join() !== placeholders(chinese.get(key) ?? '').join(),
    )
    expect(different).toEqual([])
  })

  it.each(locales)('can all be said in %s', (locale) => {
    const broken = [...english].filter(([key, message]) => {
      const values = Object.fromEntries(placeholders(message).map((name) => [name, 'value']))
      const said = i18n.global.t(key, values, { locale, plural: 2 })
      return said === key || said.trim() === '' || /[{}]/.test(said)
    })
    expect(broken).toEqual([])
  })
})

describe('the language of the system', () => {
  it('is used where the screens speak it', () => {
    expect(systemLocale(['de-DE', 'zh-Hans-CN', 'en-US'])).toBe('zh-CN')
    expect(systemLocale(['en-GB', 'zh-CN'])).toBe('en')
  })

  it('is English where they do not', () => {
    expect(systemLocale(['de-DE', 'fr'])).toBe('en')
    expect(systemLocale([])).toBe('en')
  })
})
