import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useAppStore } from '../../../src/renderer/data/app.ts'
import { useDatasetsStore } from '../../../src/renderer/data/datasets.ts'
import { exampleInfo, exampleWorkspace } from '../domain-examples.ts'
import { type FakeBridge, installFakeBridge } from '../fake-bridge.ts'

let bridge: FakeBridge

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = installFakeBridge()
  bridge.answer('dataset.list', () => [])
})
afterEach(() => vi.unstubAllGlobals())

describe('the application', () => {
  it('starts a new generation with each other workspace, and not when the same one changes', async () => {
    bridge.answer('app.info', () => exampleInfo(null))
    const app = useAppStore()
    await app.load()
    expect(app.generation).toBe(0)
    bridge.emit('workspace.changed', { workspace: exampleWorkspace('/a') })
    bridge.emit('workspace.changed', { workspace: { ...exampleWorkspace('/a'), images: 5 } })
    expect([app.generation, app.workspace?.images]).toEqual([1, 5])
    bridge.emit('workspace.changed', { workspace: null })
    expect(app.generation).toBe(2)
  })

  it('shows the engine as it is told', async () => {
    bridge.answer('app.info', () => exampleInfo(null))
    const app = useAppStore()
    await app.load()
    bridge.emit('engine.changed', { state: 'busy', provider: null, crashes: 1 })
    expect(app.engine).toEqual({ state: 'busy', provider: null, crashes: 1 })
  })

  it('says why it cannot be reached', async () => {
    bridge.answer('app.info', () => {
      throw { code: 'host-gone', params: {} }
    })
    const app = useAppStore()
    await app.load()
    expect(app.failure?.code).toBe('host-gone')
  })
})

describe('the datasets', () => {
  it('are read again when one changes, however many changes come at once', async () => {
    bridge.answer('app.info', () => exampleInfo(exampleWorkspace()))
    await useAppStore().load()
    const datasets = useDatasetsStore()
    await vi.waitFor(() => expect(datasets.state).toBe('ready'))
    const before = bridge.calls.length
    for (let i = 0; i < 10; i += 1) bridge.emit('dataset.changed', { dataset: 'dataset-1' })
    await vi.waitFor(() => expect(datasets.version).toBe(3))
    expect(bridge.calls.length - before).toBe(2)
  })
})
