/** The words of failures: in both languages, and for each failure that the sources make. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { Failure, failureData, failureDocument, failureOf, reasonOf } from '../../../src/shared/failure.ts'
import en from '../../../src/shared/messages/en.json' with { type: 'json' }
import { messageSchema } from '../../../src/shared/messages/message.ts'
import { wordsIn } from '../../../src/shared/messages/words.ts'
import chinese from '../../../src/shared/messages/zh-CN.json' with { type: 'json' }

type Entry = { readonly [part: string]: string }
type Entries = { readonly [key: string]: Entry }
const english: Entries = en.failure
const translated: Entries = chinese.failure

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort()

/** The names of the values that the sentences of an entry need; a part that a case lacks is that of its code. */
function needed(key: string): string[] {
  const [code = ''] = key.split('/')
  const entry = { ...english[code], ...english[key] }
  return [...new Set([entry.title ?? '', entry.remedy ?? ''].flatMap(placeholders))].sort()
}

/** A failure that the sources make. */
interface Made {
  at: string
  code: string
  /** Null where it is only known when it is made. */
  cases: (string | null)[] | null
  given: string[]
  /** There are more values than those that are written here. */
  isOpen: boolean
}

const root = join(import.meta.dirname, '../../../src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(ts|vue)$/.test(file),
)

const literal = (node: ts.Node): string | null => (ts.isStringLiteral(node) ? node.text : null)

/** What an expression can be, where it is written out. */
function choices(node: ts.Expression): string[] | null {
  if (ts.isStringLiteral(node)) return [node.text]
  if (!ts.isConditionalExpression(node)) return null
  const [yes, no] = [choices(node.whenTrue), choices(node.whenFalse)]
  return yes && no ? [...yes, ...no] : null
}

function readParams(params: ts.Expression | undefined): Pick<Made, 'cases' | 'given' | 'isOpen'> {
  if (params === undefined) return { cases: [null], given: [], isOpen: false }
  if (!ts.isObjectLiteralExpression(params)) return { cases: null, given: [], isOpen: true }
  const made: Pick<Made, 'cases' | 'given' | 'isOpen'> = { cases: [null], given: [], isOpen: false }
  for (const property of params.properties) {
    const name = property.name?.getText()
    if (name === undefined) Object.assign(made, { cases: null, isOpen: true })
    else if (name !== 'case') made.given.push(name)
    else made.cases = ts.isPropertyAssignment(property) ? choices(property.initializer) : null
  }
  return made
}

function madeIn(file: string): Made[] {
  const text = readFileSync(join(root, file), 'utf8')
  const script = file.endsWith('.vue') ? (/<script[^>]*>(.*?)<\/script>/s.exec(text)?.[1] ?? '') : text
  const source = ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true)
  const made: Made[] = []
  const add = (
    node: ts.Node,
    code: string | null,
    params: Pick<Made, 'cases' | 'given' | 'isOpen'>,
  ): void => {
    if (code === null) return
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
    made.push({ at: `${file}:${line}`, code, ...params })
  }
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit)
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const called = node.expression.getText()
      const [first, second] = node.arguments ?? []
      if (first === undefined) return
      if (/^(Failure|ImageRefusal)$/.test(called)) add(node, literal(first), readParams(second))
      // Its first argument is the case.
      if (called === 'Stopped') add(node, 'stopped', { ...readParams(second), cases: choices(first) })
      // A message may be one of another topic.
      const code = literal(first)
      if (called === 'message' && code !== null && isFailure(code)) add(node, code, readParams(second))
    }
    if (ts.isObjectLiteralExpression(node)) {
      const initializer = (name: string): ts.Expression | undefined =>
        node.properties.filter(ts.isPropertyAssignment).find((one) => one.name.getText() === name)
          ?.initializer
      const [code, params] = [initializer('code'), initializer('params')]
      if (code && params && ts.isStringLiteral(code) && isFailure(code.text))
        add(node, code.text, readParams(params))
    }
  }
  visit(source)
  return made
}

const isFailure = (code: string): boolean => Object.keys(english).some((key) => key.split('/')[0] === code)

const made = files.flatMap(madeIn)

/** The entries that a failure can be worded by. */
const keysOf = ({ code, cases }: Made): string[] =>
  cases === null
    ? Object.keys(english).filter((key) => key.split('/')[0] === code)
    : cases.map((name) => (name === null ? code : `${code}/${name}`))

describe('the words of failures', () => {
  it('are there in both languages, with the same parts and the same values', () => {
    const outline = (entries: Entries) =>
      Object.fromEntries(
        Object.entries(entries).map(([key, entry]) => [
          key,
          Object.fromEntries(Object.entries(entry).map(([part, text]) => [part, placeholders(text)])),
        ]),
      )
    expect(outline(translated)).toEqual(outline(english))
  })

  it('are Chinese where they are more than values', () => {
    const said = Object.entries(translated).flatMap(([key, entry]) =>
      Object.entries(entry).map(([part, text]) => ({ at: `${key}.${part}`, text })),
    )
    const foreign = said.filter(
      ({ text }) => /\p{L}/u.test(text.replaceAll(/\{\w+\}/g, '')) && !/\p{Script=Han}/u.test(text),
    )
    expect(foreign).toEqual([])
  })

  it('can be read by the message compiler, each of them', () => {
    for (const locale of ['en', 'zh-CN']) {
      for (const key of Object.keys(english)) {
        const [code = '', name] = key.split('/')
        const values = Object.fromEntries(needed(key).map((value) => [value, `«${value}»`]))
        const failure = { code, params: name === undefined ? values : { case: name, ...values } }
        const words = wordsIn(locale)
        const said = ['title', 'remedy'].map((part) => words.text('failure', failure, part)).join(' ')
        expect(said, `${key} in ${locale}`).not.toBe(`${code} ${code}`)
        for (const value of needed(key)) expect(said, `${key} in ${locale}`).toContain(`«${value}»`)
      }
    }
  })
})

describe('each failure that the sources make', () => {
  it('is found by this test', () => {
    expect(made.length).toBeGreaterThan(200)
  })

  it('has its words', () => {
    const missing = made.flatMap((one) => {
      const keys = keysOf(one).filter((key) => english[key] === undefined)
      return keys.length > 0 || keysOf(one).length === 0 ? [`${one.at} ${one.code} ${keys.join(', ')}`] : []
    })
    expect(missing).toEqual([])
  })

  it('passes the values that its words need, and no other', () => {
    const wrong = made.flatMap((one): object[] => {
      if (one.isOpen || one.cases === null) {
        const all = new Set(keysOf(one).flatMap(needed))
        const unknown = one.given.filter((name) => !all.has(name))
        return unknown.length > 0 ? [{ at: one.at, unknown }] : []
      }
      const given = [...one.given].sort()
      return keysOf(one)
        .filter((key) => String(needed(key)) !== String(given))
        .map((key) => ({ at: one.at, key, given, needed: needed(key) }))
    })
    expect(wrong).toEqual([])
  })

  it('is one that some source makes: no words are left over', () => {
    // Migration 7 makes it, in SQL.
    const used = new Set(['recorded-before', ...made.flatMap(keysOf)])
    // A code can have the parts that its cases share.
    for (const key of [...used]) used.add(key.split('/')[0] ?? '')
    expect(Object.keys(english).filter((key) => !used.has(key))).toEqual([])
  })
})

describe('a Failure', () => {
  const failure = new Failure('several-datasets', {
    folder: '/data/{a}',
    count: 2,
    datasets: ['bottle', 'cable'],
    example: '/data/bottle',
  })

  it('says in English what happened and what to do, with its values as they are', () => {
    expect(failure.message).toBe('The folder /data/{a} holds 2 datasets: bottle, cable.')
    expect(failure.remedy).toBe('Import one of them, for instance /data/bottle.')
  })

  it('crosses a border as its code and values', () => {
    const data = messageSchema.parse(JSON.parse(JSON.stringify(failureData(failure))))
    expect(data).toEqual({ code: failure.code, params: failure.params })
    expect(failureOf(data)).toEqual(failure)
  })

  it('says values that are words in the other language', () => {
    const { params } = new Failure('not-trained', { case: 'export', run: 'r-1', state: 'failed' })
    expect(wordsIn('zh-CN').text('failure', { code: 'not-trained', params }, 'title')).toContain('失败')
  })

  it('can be the reason of another one, and gives it what to do', () => {
    const inner = new Failure('engine-crashed', { case: 'killed', signal: 'SIGKILL' })
    const outer = new Failure('engine-start-failed', { case: 'ended', reason: reasonOf(inner) })
    expect([outer.message, outer.remedy]).toEqual([inner.message, inner.remedy])
  })

  it('is told with its data where the command line prints a document', () => {
    expect(failureDocument(failure)).toEqual({
      code: 'several-datasets',
      message: failure.message,
      remedy: failure.remedy,
      params: failure.params,
    })
  })

  it('is internal where an error is none', () => {
    expect(failureData(new TypeError('x is not y'))).toEqual({
      code: 'internal',
      params: { message: 'x is not y' },
    })
    expect(failureDocument('torn').message).toBe('torn')
  })
})
