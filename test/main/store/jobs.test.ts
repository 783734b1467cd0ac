import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createJob,
  findJob,
  finishJob,
  linkJob,
  listJobs,
  startJob,
  updateJobProgress,
} from '../../../src/main/store/jobs.ts'
import { readSetting, writeSetting } from '../../../src/main/store/settings.ts'
import { freshWorkspace, stockedWorkspace } from './stocked-workspace.ts'

describe('a job', () => {
  it('goes from queued over running to done, with its progress and result', () => {
    const { db } = freshWorkspace()
    const { id } = createJob(db, { kind: 'import', payload: { folder: '/photos' } })
    expect(findJob(db, id)).toMatchObject({ state: 'queued', payload: { folder: '/photos' }, pid: null })
    startJob(db, id, 42)
    updateJobProgress(db, id, { done: 3, total: 10 })
    expect(findJob(db, id)).toMatchObject({ state: 'running', pid: 42, progress: { done: 3, total: 10 } })
    finishJob(db, id, { state: 'done', result: { imported: 10 } })
    expect(findJob(db, id)).toMatchObject({
      state: 'done',
      result: { imported: 10 },
      pid: null,
      failure: null,
    })
  })

  it('keeps why it failed until it is started again', () => {
    const { db } = freshWorkspace()
    const { id } = createJob(db, { kind: 'train', payload: {} })
    const failure = { code: 'disk-full', params: { case: 'drop', megabytes: 7 } }
    finishJob(db, id, { state: 'failed', failure })
    expect(findJob(db, id).failure).toEqual(failure)
    startJob(db, id, null)
    expect(findJob(db, id)).toMatchObject({ state: 'running', failure: null, finishedAt: null })
  })

  it('is linked to the dataset that it made', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const { id } = createJob(workspace.db, { kind: 'import', payload: {} })
    linkJob(workspace.db, id, { datasetId: dataset.id })
    expect(findJob(workspace.db, id)).toMatchObject({ datasetId: dataset.id, runId: null })
  })

  it('is listed newest first, and by whether it is still active', () => {
    const { db } = freshWorkspace()
    const first = createJob(db, { kind: 'import', payload: {} })
    const second = createJob(db, { kind: 'score', payload: {} })
    finishJob(db, first.id, { state: 'cancelled' })
    expect(listJobs(db).map(({ id }) => id)).toEqual([second.id, first.id])
    expect(listJobs(db, { active: true }).map(({ id }) => id)).toEqual([second.id])
    expect(() => findJob(db, 'none')).toThrow(expect.objectContaining({ code: 'job-unknown' }))
  })
})

describe('a row of a job', () => {
  it('that is damaged is shown as such, and breaks neither the list nor its own calls', () => {
    const { db } = freshWorkspace()
    const whole = createJob(db, { kind: 'import', payload: {} })
    const damaged = createJob(db, { kind: 'verify', payload: {} })
    db.run(`UPDATE job SET failure = '{"name":"Failure"}', kind = 'x', progress = '7' WHERE id = $id`, {
      id: damaged.id,
    })
    const failure = { code: 'row-unreadable', params: { table: 'job', row: damaged.id } }
    expect(listJobs(db)).toEqual([{ ...damaged, kind: 'unknown', failure }, whole])
    expect(findJob(db, damaged.id).failure).toEqual(failure)
  })

  it('is refused when it is written, if it could not be read again', () => {
    const { db } = freshWorkspace()
    const { id } = createJob(db, { kind: 'import', payload: {} })
    const end = { state: 'failed', failure: JSON.parse('{"code":"disk-full","params":1}') } as const
    expect(() => finishJob(db, id, end)).toThrow(/params/)
    expect(() => updateJobProgress(db, id, JSON.parse('[1]'))).toThrow()
    expect(findJob(db, id)).toMatchObject({ state: 'queued', progress: null })
  })
})

describe('a setting', () => {
  it('is read as it was written, and falls back where it is absent or no longer fits', () => {
    const { db } = freshWorkspace()
    expect(readSetting(db, 'opacity', z.number(), 0.5)).toBe(0.5)
    writeSetting(db, 'opacity', 0.8)
    writeSetting(db, 'opacity', 0.9)
    expect(readSetting(db, 'opacity', z.number(), 0.5)).toBe(0.9)
    expect(readSetting(db, 'opacity', z.string(), 'none')).toBe('none')
  })
})
