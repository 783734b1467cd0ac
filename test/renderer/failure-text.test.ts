import { createPinia, setActivePinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { useNoticesStore } from '../../src/renderer/data/notices.ts'
import { failureText } from '../../src/renderer/failure-text.ts'
import chinese from '../../src/renderer/i18n/failures.zh-CN.json'
import { i18n } from '../../src/renderer/i18n/index.ts'

/** What main and the engine say. The command line's own words never reach a window. */
const sources = Object.entries(
  import.meta.glob<string>(['../../src/main/**/*.ts', '../../src/shared/**/*.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).filter(([file]) => !file.includes('/main/commands/'))

const found = (patterns: RegExp[], within = /./): string[][] =>
  sources
    .filter(([file]) => within.test(file))
    .flatMap(([, source]) =>
      patterns.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => match.slice(1))),
    )

const codes = new Set(found([/new Failure\(\s*'([\w-]+)'/g, /\bcode: '([\w-]+)',\s+message\b/g]).flat())

const full = { code: 'disk-full', message: 'The disk is full.', remedy: 'Free some space.' }

describe('the Chinese words of failures', () => {
  it('are there for every code that main throws, and for no other', () => {
    expect(Object.keys(chinese.failure).sort()).toEqual([...codes].sort())
  })

  it('leave nothing empty', () => {
    const said = Object.values(chinese.failure).flatMap((entry) => Object.values(entry))
    expect(said.filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([])
  })
})

describe('a failure', () => {
  it('is shown in an English window as main says it', () => {
    expect(failureText(full, 'en')).toEqual({ title: full.message, remedy: full.remedy, original: null })
  })

  it('is shown in a Chinese window in Chinese, with what main says beneath', () => {
    expect(failureText(full, 'zh-CN')).toEqual({
      ...chinese.failure['disk-full'],
      original: 'The disk is full. Free some space.',
    })
  })

  it('with a code that nobody knows falls back to what main says', () => {
    const unknown = { ...full, code: 'of-a-later-version' }
    expect(failureText(unknown, 'zh-CN')).toEqual({
      title: full.message,
      remedy: full.remedy,
      original: null,
    })
  })
})

describe('a failure in the corner', () => {
  afterEach(() => {
    i18n.global.locale.value = 'en'
  })

  it('speaks the language of the window', () => {
    setActivePinia(createPinia())
    i18n.global.locale.value = 'zh-CN'
    const notices = useNoticesStore()
    notices.fail(full)
    const { title, remedy } = chinese.failure['disk-full']
    expect(notices.notices).toMatchObject([
      { title, detail: remedy, original: 'The disk is full. Free some space.' },
    ])
  })
})
