import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { useJobText } from '../../../src/renderer/data/job-text.ts'
import { useJobsStore } from '../../../src/renderer/data/jobs.ts'
import { useRunsStore } from '../../../src/renderer/data/runs.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { exampleJob, exampleRun } from '../domain-examples.ts'
import { installFakeBridge } from '../fake-bridge.ts'

type JobText = ReturnType<typeof useJobText>

/** What a component that uses the job text shows. */
async function shown(say: (text: JobText) => string): Promise<string> {
  const app = createSSRApp({
    setup() {
      const text = useJobText()
      return () => h('p', say(text))
    },
  })
  const html = await renderToString(app.use(i18n))
  return html.replace(/<\/?p>/g, '')
}

beforeEach(() => {
  setActivePinia(createPinia())
  installFakeBridge()
})
afterEach(() => vi.unstubAllGlobals())

describe('the text of a job', () => {
  it('names the run that it works on', async () => {
    useRunsStore().runs = [exampleRun({ name: 'Line four' })]
    expect(await shown((text) => text.title(exampleJob({ runId: 'run-1' })))).toBe(
      'Training: Line four · dataset-1',
    )
  })

  it('names the dataset that an import will make', async () => {
    const job = exampleJob({ kind: 'import', payload: { dataset: 'housings' } })
    expect(await shown((text) => text.title(job))).toBe('Import: housings')
  })

  it('is the kind alone where there is nothing to name', async () => {
    expect(await shown((text) => text.title(exampleJob({ kind: 'verify' })))).toBe('Integrity check')
  })

  it('says what it is doing, and how far it is', async () => {
    const at = (progress: Parameters<typeof exampleJob>[0]) =>
      shown((text) => text.phase(exampleJob(progress)))
    expect(await at({ state: 'queued' })).toBe('Waiting')
    expect(await at({})).toBe('Starting')
    expect(await at({ progress: { phase: 'load', done: 0, total: 0 } })).toBe('Reading images')
    expect(await at({ progress: { phase: 'gan', done: 1200, total: 4000 } })).toBe(
      'Training the GAN 1,200 / 4,000',
    )
    expect(await at({ progress: { phase: 'gan', done: 5, total: 9, paused: true } })).toBe('Paused 5 / 9')
  })

  it('says that it waits for the live line, where that has the engine', async () => {
    const jobs = useJobsStore()
    const live = exampleJob({ id: 'live-1', kind: 'live' })
    jobs.byId = new Map([[live.id, live]])
    const of = (kind: 'score' | 'import') =>
      shown((text) => text.phase(exampleJob({ id: 'job-2', kind, state: 'queued' })))
    expect(await of('score')).toBe('Waits until the live line is stopped')
    expect(await of('import')).toBe('Waiting')
    jobs.byId = new Map()
    expect(await of('score')).toBe('Waiting')
  })

  it('shows a phase that it has no word for as main calls it', async () => {
    expect(await shown((text) => text.phaseName('discriminator'))).toBe('discriminator')
  })
})
