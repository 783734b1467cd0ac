import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useAppStore } from '../../../src/renderer/data/app.ts'
import { useDatasetsStore } from '../../../src/renderer/data/datasets.ts'
import { canResume, titleBesideDataset, titleOf, useRunsStore } from '../../../src/renderer/data/runs.ts'
import { runStateSchema } from '../../../src/shared/run.ts'
import { exampleInfo, exampleRun, exampleWorkspace } from '../domain-examples.ts'
import { type FakeBridge, installFakeBridge } from '../fake-bridge.ts'

let bridge: FakeBridge

beforeEach(async () => {
  setActivePinia(createPinia())
  bridge = installFakeBridge()
  bridge.answer('app.info', () => exampleInfo(exampleWorkspace()))
  bridge.answer('run.list', () => [
    exampleRun({ id: 'old', createdAt: 1 }),
    exampleRun({ id: 'new', createdAt: 2 }),
  ])
  bridge.answer('run.evaluate', ({ run, score = 'izif' }) => ({
    run,
    score,
    split: 'test',
    n: { normal: 1, anomalous: 1 },
    imageAuroc: 1,
    imageAuprc: 1,
    pixelAuroc: null,
    aupro: null,
    masks: 0,
    perDefectType: {},
  }))
  await useAppStore().load()
})
afterEach(() => vi.unstubAllGlobals())

const evaluations = () => bridge.calls.filter(({ name }) => name === 'run.evaluate').map(({ input }) => input)

describe('a run', () => {
  it('can go on from every state but those that are under way or at their end', () => {
    const states = runStateSchema.options.filter((state) => canResume(exampleRun({ state })))
    expect(states).toEqual(['paused', 'interrupted', 'failed', 'cancelled'])
  })

  it('is called by its name, else by what it was made of', () => {
    expect(titleOf(exampleRun({ name: 'Line four' }))).toBe('Line four · dataset-1')
    expect(titleOf(exampleRun())).toBe('f-AnoGAN · Quick · 7 · dataset-1')
    expect(titleOf(exampleRun({ model: 'new-gan', preset: 'own' }))).toBe('new-gan · own · 7 · dataset-1')
  })
})

describe('runs of several datasets', () => {
  const datasets = (...all: [id: string, name: string, train: number][]) =>
    bridge.answer('dataset.list', () =>
      all.map(([id, name, train]) => ({
        id,
        name,
        createdAt: 1,
        layout: 'flat' as const,
        source: '/parts',
        hasDirection: true,
        images: train + 5,
        splits: { train, validation: 0, test: 5, live: 0 },
        labels: { normal: train, anomalous: 0, unlabeled: 5 },
        masks: 0,
        removed: 0,
        validationFrozenAt: null,
        channels: 1 as const,
        defectTypes: [],
      })),
    )
  const both = async () => {
    await useDatasetsStore().refresh()
    await useRunsStore().refresh()
  }

  it('are called by their datasets too, also where a person named them', async () => {
    datasets(['d-1', 'tiles', 10], ['d-2', 'figures', 10])
    await both()
    expect(titleOf(exampleRun({ datasetId: 'd-1' }))).toBe('f-AnoGAN · Quick · 7 · tiles')
    expect(titleOf(exampleRun({ datasetId: 'd-2', name: 'Line four' }))).toBe('Line four · figures')
    expect(titleOf(exampleRun({ datasetId: 'd-2', id: 'abcde', parentRunId: 'old' }))).toBe(
      'f-AnoGAN · Quick · 7 · figures · retrained',
    )
    expect(titleBesideDataset(exampleRun({ datasetId: 'd-1' }))).toBe('f-AnoGAN · Quick · 7')
  })

  it('have a number where they would be called alike', async () => {
    datasets(['d-1', 'tiles', 10])
    await both()
    expect(titleOf(exampleRun({ datasetId: 'd-1', number: 2 }))).toBe('f-AnoGAN · Quick · 7 (2) · tiles')
    expect(titleOf(exampleRun({ datasetId: 'd-1', number: 2, parentRunId: 'old' }))).toBe(
      'f-AnoGAN · Quick · 7 (2) · tiles · retrained',
    )
    expect(titleOf(exampleRun({ datasetId: 'd-1', name: 'Line four', number: 3 }))).toBe(
      'Line four (3) · tiles',
    )
  })
})

describe('the runs', () => {
  it('are there newest first', async () => {
    const runs = useRunsStore()
    await runs.refresh()
    expect(runs.runs.map(({ id }) => id)).toEqual(['new', 'old'])
  })

  it('follow what main tells of one', async () => {
    const runs = useRunsStore()
    await runs.refresh()
    bridge.answer('run.get', ({ run }) => exampleRun({ id: run, state: 'paused' }))
    bridge.emit('run.changed', { run: 'old' })
    await vi.waitFor(() => expect(runs.find('old')?.state).toBe('paused'))
  })

  it('say why they cannot be read, and can be read again', async () => {
    const runs = useRunsStore()
    bridge.answer('run.list', () => {
      throw { code: 'workspace-damaged', params: {} }
    })
    await runs.refresh()
    expect([runs.state, runs.failure?.code]).toEqual(['failed', 'workspace-damaged'])
    bridge.answer('run.list', () => [])
    await runs.refresh()
    expect([runs.state, runs.failure]).toEqual(['ready', null])
  })
})

describe('an evaluation', () => {
  it('is asked for once for each kind of score', async () => {
    const runs = useRunsStore()
    await runs.evaluate('new')
    await runs.evaluate('new')
    await runs.evaluate('new', 'ziz')
    expect(evaluations()).toEqual([{ run: 'new' }, { run: 'new', score: 'ziz' }])
  })

  it('is asked for again once the run was scored again', async () => {
    const runs = useRunsStore()
    await runs.evaluate('new')
    await runs.evaluate('old')
    runs.forget('new')
    await runs.evaluate('new')
    await runs.evaluate('old')
    expect(evaluations()).toEqual([{ run: 'new' }, { run: 'old' }, { run: 'new' }])
  })
})
