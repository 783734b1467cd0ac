import { describe, expect, it } from 'vitest'
import { checkEvent, dispatch } from '../../../src/main/contract/dispatch.ts'
import { calls, events } from '../../../src/shared/contract.ts'
import { Failure, failureDocument, failureOf as thrown } from '../../../src/shared/failure.ts'
import { callExamples, eventExamples } from '../shell/contract-examples.ts'
import { callNames, recordedApplication } from '../shell/recorded-application.ts'

/** What an answer failed with, worded in English beside its data. */
const failureOf = async (answer: ReturnType<typeof dispatch>) => {
  const made = await answer
  return made.ok ? null : failureDocument(thrown(made.failure))
}

describe('a call through the gate', () => {
  it('has an example for each call and each event of the contract', () => {
    expect(Object.keys(callExamples).sort()).toEqual(Object.keys(calls).sort())
    expect(Object.keys(eventExamples).sort()).toEqual(Object.keys(events).sort())
  })

  it.each(callNames)('%s gets its input whole and its answer comes back whole', async (name) => {
    const { handlers, asked } = recordedApplication()
    const answer = await dispatch(handlers, name, callExamples[name].input)
    expect(answer).toEqual({ ok: true, value: callExamples[name].output })
    expect(asked).toEqual([{ name, input: callExamples[name].input }])
  })

  it('fills in defaults before the handler sees the input', async () => {
    const { handlers, asked } = recordedApplication()
    await dispatch(handlers, 'dataset.images', { dataset: 'd-1' })
    expect(asked[0]?.input).toEqual({
      dataset: 'd-1',
      filter: {},
      sort: { by: 'added', descending: false },
      offset: 0,
      limit: 100,
    })
  })

  it('drops fields that the contract does not name', async () => {
    const { handlers, asked } = recordedApplication()
    await dispatch(handlers, 'run.get', { run: 'r-1', path: '/etc/passwd' })
    expect(asked[0]?.input).toEqual({ run: 'r-1' })
  })

  it.each([
    ['a name that is not there', 'run.destroy'],
    ['an inherited property', 'constructor'],
    ['the prototype', '__proto__'],
    ['no text at all', { name: 'app.info' }],
    ['nothing', undefined],
  ])('refuses %s as unknown-call', async (_what, name) => {
    const failure = await failureOf(dispatch(recordedApplication().handlers, name, {}))
    expect(failure?.code).toBe('unknown-call')
  })

  it('names the field that is wrong, also inside lists and objects', async () => {
    const { handlers, asked } = recordedApplication()
    const first = await failureOf(dispatch(handlers, 'dataset.images', { dataset: 'd-1', limit: 501 }))
    expect(first).toMatchObject({ code: 'bad-input', message: expect.stringContaining('limit: ') })
    const deep = await failureOf(
      dispatch(handlers, 'dataset.images', { dataset: 'd', filter: { split: 'all' } }),
    )
    expect(deep?.message).toContain('filter.split: ')
    expect(asked).toEqual([])
  })

  it.each([undefined, null, 5, 'text', []])('refuses %j where an object belongs', async (input) => {
    const failure = await failureOf(dispatch(recordedApplication().handlers, 'run.get', input))
    expect(failure).toMatchObject({ code: 'bad-input', message: expect.stringContaining('input: ') })
  })

  it.each(callNames)('refuses a text of %s that is not well-formed, before anybody gets it', async (name) => {
    const { handlers, asked } = recordedApplication()
    const input = { ...callExamples[name].input, deep: [{ note: 'half \ud83d' }] }
    const answer = await dispatch(handlers, name, input)
    expect(answer).toEqual({
      ok: false,
      failure: { code: 'text-malformed', params: { call: name, field: 'deep[0].note' } },
    })
    expect(asked).toEqual([])
  })

  it('refuses the name of a field that is not well-formed, and takes whole characters of two codes', async () => {
    const { handlers, asked } = recordedApplication()
    const bad = await dispatch(handlers, 'run.get', { run: 'r-1', '\udc00': 1 })
    expect(bad).toMatchObject({ failure: { code: 'text-malformed' } })
    expect(JSON.stringify(bad)).not.toContain('\\udc00')
    await dispatch(handlers, 'run.get', { run: '\u{1f600}' })
    expect(asked.map(({ input }) => input)).toEqual([{ run: '\u{1f600}' }])
  })

  it('refuses what is nested deeper than calls can be, whatever it holds', async () => {
    let deep: unknown = '\ud800'
    for (let i = 0; i < 50_000; i++) deep = [deep]
    const answer = await dispatch(recordedApplication().handlers, 'run.get', { run: 'r-1', deep })
    expect(answer).toMatchObject({ failure: { code: 'bad-input' } })
  })

  it('passes the code and the values of a Failure on, and nothing else', async () => {
    const { handlers } = recordedApplication({
      'run.get': () => {
        throw new Failure('run-unknown', { run: 'r-9', newest: ['r-1'] }, { cause: 'secret' })
      },
    })
    const reports: string[] = []
    const answer = await dispatch(handlers, 'run.get', { run: 'r-9' }, (message) => reports.push(message))
    const failure = { code: 'run-unknown', params: { run: 'r-9', newest: ['r-1'] } }
    expect(answer).toEqual({ ok: false, failure })
    expect(reports).toEqual([])
  })

  it('calls any other error internal and reports it with its cause', async () => {
    const { handlers } = recordedApplication({
      'job.cancel': () => Promise.reject(new TypeError('x is not y')),
    })
    const reports: unknown[] = []
    const report = (_message: string, cause: unknown) => reports.push(cause)
    const failure = await failureOf(dispatch(handlers, 'job.cancel', { job: 'j' }, report))
    expect(failure).toMatchObject({ code: 'internal', message: 'x is not y' })
    expect(reports).toEqual([new TypeError('x is not y')])
  })

  it('refuses an answer that breaks the contract, naming the field, and reports it', async () => {
    const run = { ...callExamples['run.get'].output, seconds: Number.NaN }
    const { handlers } = recordedApplication({ 'run.get': () => run })
    const reports: string[] = []
    const failure = await failureOf(
      dispatch(handlers, 'run.get', { run: 'r-1' }, (text) => reports.push(text)),
    )
    expect(failure).toMatchObject({ code: 'bad-output', message: expect.stringContaining('seconds: ') })
    expect(reports).toHaveLength(1)
  })
})

describe('an event on its way out', () => {
  it.each(Object.entries(eventExamples))('%s passes whole', (name, payload) => {
    expect(checkEvent(name, payload, () => expect.unreachable())).toEqual({ payload })
  })

  it('is held back and reported when it breaks the contract', () => {
    const reports: string[] = []
    const report = (message: string) => reports.push(message)
    expect(checkEvent('review.decided', { run: 'r-1', image: 0 }, report)).toBeNull()
    expect(checkEvent('toString', {}, report)).toBeNull()
    expect(reports[0]).toContain('image: ')
    expect(reports[1]).toContain('toString')
  })
})
