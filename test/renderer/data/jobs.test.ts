import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useAppStore } from '../../../src/renderer/data/app.ts'
import { progressOf, shareOf, useJobsStore } from '../../../src/renderer/data/jobs.ts'
import { exampleInfo, exampleJob, exampleWorkspace } from '../domain-examples.ts'
import { type FakeBridge, installFakeBridge } from '../fake-bridge.ts'

let bridge: FakeBridge

beforeEach(async () => {
  setActivePinia(createPinia())
  bridge = installFakeBridge()
  bridge.answer('app.info', () => exampleInfo(exampleWorkspace()))
  bridge.answer('job.list', () => [])
  await useAppStore().load()
})
afterEach(() => vi.unstubAllGlobals())

describe('the progress of a job', () => {
  it('is unknown until it was told', () => {
    expect(progressOf(exampleJob())).toBeNull()
    expect(shareOf(exampleJob({ progress: { phase: 'load', done: 0, total: 0 } }))).toBeNull()
  })

  it('is a share that never passes the whole', () => {
    expect(shareOf(exampleJob({ progress: { phase: 'gan', done: 30, total: 120 } }))).toBe(0.25)
    expect(shareOf(exampleJob({ progress: { phase: 'gan', done: 130, total: 120 } }))).toBe(1)
  })
})

describe('the jobs', () => {
  it('are kept up to date by what main tells', () => {
    const jobs = useJobsStore()
    bridge.emit('job.changed', exampleJob({ id: 'a', createdAt: 1 }))
    bridge.emit('job.changed', exampleJob({ id: 'b', createdAt: 2, state: 'queued' }))
    expect(jobs.all.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(jobs.current?.id).toBe('a')
    bridge.emit('job.changed', exampleJob({ id: 'a', createdAt: 1, state: 'done' }))
    expect(jobs.active.map(({ id }) => id)).toEqual(['b'])
  })

  it('know the one that works on a run, until it ends', () => {
    const jobs = useJobsStore()
    bridge.emit('job.changed', exampleJob({ runId: 'run-1' }))
    expect(jobs.ofRun('run-1')?.id).toBe('job-1')
    bridge.emit('job.changed', exampleJob({ runId: 'run-1', state: 'failed' }))
    expect(jobs.ofRun('run-1')).toBeNull()
  })

  it('tell whoever waits how one ended', async () => {
    const jobs = useJobsStore()
    bridge.emit('job.changed', exampleJob())
    const end = jobs.end('job-1')
    bridge.emit('job.changed', exampleJob({ state: 'cancelled' }))
    expect((await end).state).toBe('cancelled')
  })

  it('find out the end of one that was over before anybody listened', async () => {
    const jobs = useJobsStore()
    bridge.answer('job.list', () => [exampleJob({ state: 'done' })])
    expect((await jobs.end('job-1')).state).toBe('done')
  })
})
