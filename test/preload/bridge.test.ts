import { describe, expect, it } from 'vitest'
import { createBridge, type Transport } from '../../src/preload/bridge.ts'
import type { EventName, EventPayload } from '../../src/shared/contract.ts'
import { eventExamples } from '../main/shell/contract-examples.ts'

function bridgeOver(call: Transport['call']) {
  let emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void = () => undefined
  const bridge = createBridge({
    host: 'browser',
    assetBase: 'http://127.0.0.1:1/t/asset/',
    transport: {
      call,
      listen(listener) {
        emit = listener
      },
    },
    droppedPath: () => null,
    sendDropped: async () => undefined,
  })
  return { bridge, emit: <N extends EventName>(name: N) => emit(name, eventExamples[name]) }
}

const never: Transport['call'] = () => new Promise(() => undefined)

describe('window.fanoscope', () => {
  it('resolves with the value of an answer', async () => {
    const { bridge } = bridgeOver(async () => JSON.parse('{"ok":true,"value":{"value":"dark"}}'))
    expect(await bridge.call('setting.get', { key: 'theme' })).toEqual({ value: 'dark' })
  })

  it('rejects with the failure of an answer, as plain data', async () => {
    const failure = { code: 'run-unknown', params: { run: 'r', newest: ['r-1'] } }
    const { bridge } = bridgeOver(async () => ({ ok: false, failure }))
    await expect(bridge.call('run.get', { run: 'r' })).rejects.toEqual(failure)
  })

  it('tells an event to those who listen to it, until they stop', () => {
    const { bridge, emit } = bridgeOver(never)
    const heard: unknown[] = []
    const stop = bridge.on('run.changed', (payload) => heard.push(payload))
    bridge.on('dataset.changed', (payload) => heard.push(payload))
    emit('run.changed')
    stop()
    emit('run.changed')
    emit('dataset.changed')
    expect(heard).toEqual([eventExamples['run.changed'], eventExamples['dataset.changed']])
  })

  it('makes one listener that was added twice hear twice, and stop one by one', () => {
    const { bridge, emit } = bridgeOver(never)
    let heard = 0
    const listener = () => {
      heard += 1
    }
    const stop = bridge.on('run.changed', listener)
    bridge.on('run.changed', listener)
    emit('run.changed')
    stop()
    emit('run.changed')
    expect(heard).toBe(3)
  })

  it('gives pictures of another workspace other addresses, so that none is shown from the one before', () => {
    const { bridge, emit } = bridgeOver(never)
    const before = bridge.asset('original/1')
    expect(before).toMatch(/^http:\/\/127\.0\.0\.1:1\/t\/asset\/original\/1/)
    expect(bridge.asset('original/1')).toBe(before)
    emit('workspace.changed')
    expect(bridge.asset('original/1')).not.toBe(before)
  })
})
