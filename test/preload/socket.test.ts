import { describe, expect, it } from 'vitest'
import { openSocketTransport, type Socket } from '../../src/preload/socket.ts'
import { callExamples } from '../main/shell/contract-examples.ts'

/** A socket that the test opens, breaks and answers. */
class TestSocket implements Socket {
  readonly sent: { id: number; name: string; input: unknown }[] = []
  readonly #listeners: { type: string; listener: (event: { data: unknown }) => void }[] = []
  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.push({ type, listener })
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  open(): void {
    this.#tell('open', undefined)
  }
  break(): void {
    this.#tell('close', undefined)
  }
  receive(message: unknown): void {
    this.#tell('message', JSON.stringify(message))
  }
  #tell(type: string, data: unknown): void {
    for (const entry of this.#listeners) if (entry.type === type) entry.listener({ data })
  }
  answer(index: number, value: unknown): void {
    this.receive({ id: this.sent[index]?.id, answer: { ok: true, value } })
  }
}

function transportOver() {
  const sockets: TestSocket[] = []
  const pauses: { milliseconds: number; end: () => void }[] = []
  const heard: [string, unknown][] = []
  const transport = openSocketTransport({
    connect() {
      const socket = new TestSocket()
      sockets.push(socket)
      return socket
    },
    wait: (milliseconds, end) => pauses.push({ milliseconds, end }),
  })
  transport.listen((name, payload) => heard.push([name, payload]))
  const last = (): TestSocket => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('nothing was connected')
    return socket
  }
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { transport, sockets, pauses, heard, last, settled }
}

describe('calls over the socket', () => {
  it('wait for it to open and are sent in their order', () => {
    const { transport, last } = transportOver()
    void transport.call('run.get', { run: 'a' })
    void transport.call('run.get', { run: 'b' })
    expect(last().sent).toEqual([])
    last().open()
    expect(last().sent.map(({ input }) => input)).toEqual([{ run: 'a' }, { run: 'b' }])
  })

  it('get their own answers, in whatever order these come', async () => {
    const { transport, last } = transportOver()
    last().open()
    const a = transport.call('setting.get', { key: 'a' })
    const b = transport.call('setting.get', { key: 'b' })
    last().answer(1, { value: 'of b' })
    last().answer(0, { value: 'of a' })
    expect(await Promise.all([a, b])).toEqual([
      { ok: true, value: { value: 'of a' } },
      { ok: true, value: { value: 'of b' } },
    ])
  })

  it('are rejected when the socket is lost before the answer, and are not sent twice', async () => {
    const { transport, last, pauses } = transportOver()
    last().open()
    const decided = transport.call('review.decide', callExamples['review.decide'].input)
    last().break()
    await expect(decided).rejects.toMatchObject({ code: 'connection-lost' })
    pauses[0]?.end()
    last().open()
    expect(last().sent.map(({ name }) => name)).toEqual(['app.info'])
  })

  it('made while it is away wait for the next one', async () => {
    const { transport, last, pauses, sockets } = transportOver()
    last().open()
    last().break()
    const waiting = transport.call('setting.get', { key: 'a' })
    expect(sockets).toHaveLength(2)
    last().open()
    last().answer(
      last().sent.findIndex(({ name }) => name === 'setting.get'),
      { value: 1 },
    )
    expect(await waiting).toEqual({ ok: true, value: { value: 1 } })
    // The pause that was running when the call hurried on ends without a third socket.
    pauses[0]?.end()
    expect(sockets).toHaveLength(2)
  })

  it('are given up when nobody is there any more, and tried again by the next call', async () => {
    const { transport, last, pauses, sockets } = transportOver()
    const waiting = transport.call('setting.get', { key: 'a' })
    const given = expect(waiting).rejects.toMatchObject({
      code: 'host-gone',
      params: {},
    })
    last().break()
    for (let i = 0; i < pauses.length; i++) {
      pauses[i]?.end()
      last().break()
    }
    await given
    const attempts = sockets.length
    expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual(
      [...pauses].map(({ milliseconds }) => milliseconds).sort((a, b) => a - b),
    )
    void transport.call('setting.get', { key: 'b' }).catch(() => undefined)
    expect(sockets).toHaveLength(attempts + 1)
  })
})

describe('events over the socket', () => {
  it('are heard as they come', () => {
    const { last, heard } = transportOver()
    last().open()
    last().receive({ event: 'run.changed', payload: { run: 'r-1' } })
    expect(heard).toEqual([['run.changed', { run: 'r-1' }]])
  })

  it('that were missed are made up for after a break', async () => {
    const { last, heard, pauses, settled } = transportOver()
    last().open()
    last().break()
    pauses[0]?.end()
    last().open()
    const info = callExamples['app.info'].output
    last().answer(0, info)
    await settled()
    expect(heard).toEqual([
      ['engine.changed', info.engine],
      ['workspace.changed', { workspace: info.workspace }],
    ])
  })
})
