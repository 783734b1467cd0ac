import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startBrowserHost } from '../../../src/main/shell/browser.ts'
import { startElectronHost } from '../../../src/main/shell/electron.ts'
import {
  assetPath,
  type Bridge,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
} from '../../../src/shared/contract.ts'
import { Failure } from '../../../src/shared/failure.ts'
import { type StoredPictures, storePictures } from '../app/assets/stored-pictures.ts'
import { request, visit } from './browser-visitor.ts'
import { type BuiltRenderer, buildRenderer } from './built-renderer.ts'
import { callExamples, eventExamples } from './contract-examples.ts'
import { fakeElectron } from './fake-electron.ts'
import { callNames, type RecordedApplication, recordedApplication } from './recorded-application.ts'

interface Opened {
  bridge: Bridge
  /** What is at an address of the host: its status, headers and bytes. */
  read(address: string): Promise<{ status: number; header(name: string): string | undefined; body: Buffer }>
  /** Messages of defects, as `report` heard them. */
  reports: string[]
}

let built: BuiltRenderer
let stored: StoredPictures
beforeAll(async () => {
  built = buildRenderer()
  stored = await storePictures()
})
afterAll(() => {
  rmSync(built.folder, { recursive: true })
  rmSync(stored.folder, { recursive: true })
})

async function overBrowser(application: RecordedApplication): Promise<Opened> {
  const reports: string[] = []
  const report = (message: string): void => void reports.push(message)
  const host = await startBrowserHost({ ...built, application, report })
  const { bridge, cookie } = await visit(host.url)
  onTestFinished(() => host.close())
  return {
    bridge,
    reports,
    async read(address) {
      const { status, headers, body } = await request(address, { cookie })
      return { status, body, header: (name) => String(headers[name]) }
    },
  }
}

async function overElectron(application: RecordedApplication): Promise<Opened> {
  const reports: string[] = []
  const fake = fakeElectron()
  await startElectronHost(fake.electron, {
    createApplication: () => application,
    rendererFolder: built.rendererFolder,
    preloadFile: '/out/preload/index.js',
    iconFile: '/resources/icon.png',
    engineEntry: '/out/main/engine.js',
    engineEnvironment: () => ({}),
    report: (message) => reports.push(message),
    platform: 'linux',
  })
  application.asked.length = 0
  let bridge: Bridge | undefined
  // The preload itself, as it is, over a fake of what Electron gives a sandboxed preload.
  vi.doMock('electron', () => ({
    contextBridge: {
      exposeInMainWorld(name: string, api: Bridge) {
        if (name === 'fanoscope') bridge = api
      },
    },
    ipcRenderer: {
      invoke: (channel: string, name: unknown, input: unknown) => fake.invoke(channel, name, input),
      on: (channel: string, listener: (...args: unknown[]) => void) =>
        fake.window().webContents.preloadHears.on(channel, listener),
    },
  }))
  vi.resetModules()
  await import('../../../src/preload/index.ts')
  onTestFinished(async () => {
    const exited = new Promise((resolve) => fake.app.once('exited', resolve))
    fake.app.emit('will-quit', { preventDefault: () => undefined })
    await exited
  })
  if (bridge === undefined) throw new Error('the preload put nothing on window')
  return {
    bridge,
    reports,
    async read(address) {
      const response = await fake.fetch(address)
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: Buffer.from(await response.arrayBuffer()),
      }
    },
  }
}

const hosts: [string, (application: RecordedApplication) => Promise<Opened>][] = [
  ['the browser host', overBrowser],
  ['the Electron host', overElectron],
]

// The same object, seen so that one call's input belongs to the same call.
const examples: { [N in CallName]: { input: CallInput<N>; output: CallOutput<N> } } = callExamples
const ask = <N extends CallName>(bridge: Bridge, name: N): Promise<CallOutput<N>> =>
  bridge.call(name, examples[name].input)
const eventNames = Object.keys(eventExamples).filter((name): name is EventName =>
  Object.hasOwn(eventExamples, name),
)
const tell = <N extends EventName>(application: RecordedApplication, name: N): void =>
  application.events.emit(name, eventExamples[name])
const heard = <N extends EventName>(bridge: Bridge, name: N): Promise<unknown> =>
  new Promise((resolve) => bridge.on(name, resolve))

describe.each(hosts)('every call over %s', (_host, open) => {
  it('gives main its checked input and the window main’s answer', async () => {
    const application = recordedApplication()
    const { bridge, reports } = await open(application)
    for (const name of callNames) {
      expect(await ask(bridge, name), name).toEqual(examples[name].output)
      expect(application.asked.pop(), name).toEqual({ name, input: examples[name].input })
    }
    expect([application.asked, reports]).toEqual([[], []])
  })

  it('that fails rejects with its code and values, and is no defect', async () => {
    const fail = (): never => {
      throw new Failure('nothing-to-export', { dataset: '“line 1”' })
    }
    const application = recordedApplication(Object.fromEntries(callNames.map((name) => [name, fail])))
    const { bridge, reports } = await open(application)
    reports.length = 0
    for (const name of callNames) {
      await expect(ask(bridge, name), name).rejects.toEqual({
        code: 'nothing-to-export',
        params: { dataset: '“line 1”' },
      })
    }
    expect(reports).toEqual([])
  })

  it('with an input of another kind is refused before main does anything', async () => {
    const application = recordedApplication()
    const { bridge } = await open(application)
    for (const name of callNames) {
      const wrong = JSON.parse('["not an input"]')
      await expect(bridge.call(name, wrong), name).rejects.toMatchObject({
        code: 'bad-input',
        params: { call: name, problems: expect.arrayContaining([expect.any(Object)]) },
      })
    }
    expect(application.asked).toEqual([])
  })

  it('that does not exist is refused, whatever its name', async () => {
    const { bridge } = await open(recordedApplication())
    for (const text of ['"run.destroy"', '"__proto__"', '"constructor"', '""', '7', 'null', '{"a":1}']) {
      await expect(bridge.call(JSON.parse(text), {}), text).rejects.toMatchObject({ code: 'unknown-call' })
    }
  })

  it('whose answer breaks the contract is a defect that is reported, and the answer is not sent', async () => {
    const application = recordedApplication({ 'operator.list': () => JSON.parse('[{"id":"one"}]') })
    const { bridge, reports } = await open(application)
    await expect(ask(bridge, 'operator.list')).rejects.toMatchObject({ code: 'bad-output' })
    expect(reports).toEqual([expect.stringContaining('operator.list')])
  })

  it('answers in whatever order main is ready', async () => {
    let answerFirst = (): void => undefined
    const application = recordedApplication({
      'run.list': () =>
        new Promise((resolve) => {
          answerFirst = () => resolve(examples['run.list'].output)
        }),
    })
    const { bridge } = await open(application)
    const order: string[] = []
    const slow = ask(bridge, 'run.list').then(() => order.push('slow'))
    await ask(bridge, 'job.list').then(() => order.push('quick'))
    answerFirst()
    await slow
    expect(order).toEqual(['quick', 'slow'])
  })
})

describe.each(hosts)('every event over %s', (_host, open) => {
  it('reaches the window as main sent it', async () => {
    const application = recordedApplication()
    const { bridge } = await open(application)
    // An answer shows that the window's connection is there.
    await ask(bridge, 'app.info')
    for (const name of eventNames) {
      const arrives = heard(bridge, name)
      tell(application, name)
      expect(await arrives, name).toEqual(eventExamples[name])
    }
  })

  it('that breaks the contract is reported and does not reach it', async () => {
    const application = recordedApplication()
    const { bridge, reports } = await open(application)
    await ask(bridge, 'app.info')
    const all: unknown[] = []
    bridge.on('run.changed', (payload) => all.push(payload))
    const next = heard(bridge, 'dataset.changed')
    application.events.emit('run.changed', JSON.parse('{"run":7}'))
    tell(application, 'dataset.changed')
    await next
    expect(all).toEqual([])
    expect(reports).toEqual([expect.stringContaining('run.changed')])
  })
})

describe.each(hosts)('pixels over %s', (_host, open) => {
  it('are read by the address that the bridge gives', async () => {
    const application = { ...recordedApplication(), assets: stored.source }
    const { bridge, read } = await open(application)
    const original = await read(bridge.asset(assetPath.original(1)))
    expect([original.status, original.header('content-type')]).toEqual([200, 'image/png'])
    const map = await read(bridge.asset(assetPath.map('r-1', 1)))
    expect([map.status, map.body.readUInt32LE(0), map.body.readUInt32LE(4)]).toEqual([200, 4, 3])
  })

  it('that are not there are not found, with the reason and under the same policy', async () => {
    const { bridge, read } = await open({ ...recordedApplication(), assets: stored.source })
    const answer = await read(bridge.asset(assetPath.original(99)))
    expect([answer.status, JSON.parse(answer.body.toString()).error.code]).toEqual([404, 'asset-unknown'])
    expect(answer.header('content-security-policy')).toContain("default-src 'none'")
    expect(answer.header('cache-control')).toBe('no-store')
  })
})
