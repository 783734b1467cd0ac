/** The user guide: what it shows is there, what it names stands on the screens, and it says the same in both languages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pictures as made } from '../../scripts/screenshots/pictures.mjs'
import { projectRoot } from '../../scripts/setup/places.mjs'

const languages = ['en', 'zh-CN'] as const
type Language = (typeof languages)[number]

const guide = join(projectRoot, 'docs', 'guide')
const chapters = readdirSync(join(guide, 'en')).sort()
const read = (language: Language, chapter: string): string =>
  readFileSync(join(guide, language, chapter), 'utf8')

type Messages = { [key: string]: string | Messages }
const messagesSchema: z.ZodType<Messages> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), messagesSchema])),
)
const json = (file: string): unknown =>
  JSON.parse(readFileSync(join(projectRoot, 'src/renderer/i18n', file), 'utf8'))
const sharedMessages = (): unknown =>
  JSON.parse(readFileSync(join(projectRoot, 'src/shared/messages/zh-CN.json'), 'utf8'))

/** Each text that can stand on the screen, as a pattern where a number or name is filled in. */
function textsOf(messages: Messages, prefix = ''): { key: string; pattern: RegExp }[] {
  return Object.entries(messages).flatMap(([name, message]) => {
    const key = prefix + name
    if (typeof message !== 'string') return textsOf(message, `${key}.`)
    return message.split(' | ').flatMap((form) => {
      const fixed = form.split(/\{\w+\}/)
      // A text that is all placeholder would match every name.
      if (!/\p{L}/u.test(fixed.join(''))) return []
      const escaped = fixed.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return [{ key, pattern: new RegExp(`^${escaped.join('.+')}$`) }]
    })
  })
}
const texts = {
  en: textsOf(messagesSchema.parse(json('en.json'))),
  'zh-CN': textsOf(messagesSchema.parse(json('zh-CN.json'))),
}
const keysOf = (language: Language, name: string): string[] =>
  texts[language].filter(({ pattern }) => pattern.test(name)).map(({ key }) => key)

const namesIn = (text: string): string[] => [...text.matchAll(/\*\*(.+?)\*\*/g)].map(([, name = '']) => name)
const sectionsOf = (text: string): string[] => text.split(/^(?=#{1,6} )/m)
const picturesIn = (text: string) =>
  [...text.matchAll(/^ *!\[(.*)\]\((.*)\)\n\n(.*)$/gm)].map(([, alt = '', path = '', caption = '']) => ({
    alt,
    path,
    caption: caption.trim(),
  }))
/** What each line is, without what it says. */
const outlineOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, kind] = /^ *(#{1,6} |\d+\. |- |!\[|\| `|\| | {4}\S)/.exec(line) ?? []
    return kind === undefined
      ? []
      : [kind.startsWith('|') && /^\| [-: ]+\|/.test(line) ? 'rule' : kind.trim()]
  })
const codesIn = (text: string): string[] =>
  [...text.matchAll(/^\| `([\w-]+)`/gm)].map(([, code = '']) => code).filter((code) => code.includes('-'))

describe.each(languages)('the guide in %s', (language) => {
  it('has every chapter', () => {
    expect(readdirSync(join(guide, language)).sort()).toEqual(chapters)
  })

  it.each(chapters)('links to files that are there: %s', (chapter) => {
    const links = [...read(language, chapter).matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links.filter((candidate) => !candidate.includes('://'))) {
      expect(existsSync(join(guide, language, link)), link).toBe(true)
    }
  })

  it.each(chapters)(
    'shows pictures that are made anew with the screens, in its language, with captions: %s',
    (chapter) => {
      const text = read(language, chapter)
      const pictures = picturesIn(text)
      expect(pictures.length).toBe([...text.matchAll(/!\[/g)].length)
      for (const { alt, path, caption } of pictures) {
        expect(dirname(path)).toBe('../../images')
        const [, name] = new RegExp(`/([\\w-]+)-light-${language}\\.png$`).exec(path) ?? []
        expect(made.map((picture) => picture.name)).toContain(name)
        expect(alt, path).not.toBe('')
        expect(caption, path).toMatch(/^_.+_$/)
      }
    },
  )

  it.each(chapters)('names what stands on the screens: %s', (chapter) => {
    const unknown = namesIn(read(language, chapter)).filter((name) => keysOf(language, name).length === 0)
    expect(unknown).toEqual([])
  })

  it('explains codes that failures have', () => {
    const { failure } = z.object({ failure: z.record(z.string(), z.unknown()) }).parse(sharedMessages())
    const known = new Set(Object.keys(failure).map((entry) => entry.split('/', 1)[0]))
    const codes = codesIn(read(language, 'troubleshooting.md'))
    expect(codes.length).toBeGreaterThan(50)
    expect(codes.filter((code) => !known.has(code))).toEqual([])
  })
})

describe.each(chapters)('%s in both languages', (chapter) => {
  const [english, chinese] = [read('en', chapter), read('zh-CN', chapter)]

  it('has the same headings, steps, tables and pictures in the same order', () => {
    expect(outlineOf(chinese)).toEqual(outlineOf(english))
    expect(picturesIn(chinese).map(({ path }) => path.replace('zh-CN', 'en'))).toEqual(
      picturesIn(english).map(({ path }) => path),
    )
    expect(codesIn(chinese)).toEqual(codesIn(english))
  })

  it('names the same buttons and fields in each section', () => {
    const sections = sectionsOf(chinese)
    for (const [index, section] of sectionsOf(english).entries()) {
      const [heading] = section.split('\n', 1)
      const left = namesIn(sections[index] ?? '').map((name) => keysOf('zh-CN', name))
      for (const name of namesIn(section)) {
        const keys = new Set(keysOf('en', name))
        const at = left.findIndex((others) => others.some((key) => keys.has(key)))
        expect(at, `${heading}: ${name}`).toBeGreaterThanOrEqual(0)
        left.splice(at, 1)
      }
      expect(left, heading).toEqual([])
    }
  })
})
