import { execFileSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JobEnd } from '../../../src/main/jobs/jobs.ts'
import { surviveStrayErrors } from '../../../src/main/platform/stray-errors.ts'
import { lineWorkspace, sessionOn } from '../features/line.ts'
import { playedEngine } from '../jobs/played-engine.ts'

describe('an error that nobody waited for', () => {
  it('does not end the process, whether it is of a promise or a timer, or of what is told of it', () => {
    const told = execFileSync(process.execPath, [join(import.meta.dirname, 'stray-work.ts')], {
      encoding: 'utf8',
    })
    expect(told.trim().split('\n')).toEqual(['a promise', 'a timer', 'alive'])
  })

  it('marks the job from whose work it comes, which ends as failed; every other job goes on', async () => {
    const { jobs } = sessionOn(await lineWorkspace({ good: 6, test: 2 }), playedEngine().launch)
    const host = new EventEmitter()
    const marked: (string | null)[] = []
    const stop = surviveStrayErrors(host, (error) => marked.push(jobs.stray(error)))
    const work = async (): Promise<JobEnd> => {
      await new Promise((resolve) => setTimeout(resolve))
      host.emit('unhandledRejection', new Error('unseen'))
      return { state: 'done', result: null }
    }
    const plan = { kind: 'verify', payload: {} } as const
    const { id } = jobs.start({ ...plan, lane: 'disk', work })
    const other = jobs.start({ ...plan, lane: 'engine', work: async () => ({ state: 'done', result: null }) })
    expect(await jobs.ended(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'internal', params: { message: 'unseen' } },
    })
    expect((await jobs.ended(other.id)).state).toBe('done')
    host.emit('uncaughtException', new Error('of no job'))
    expect(marked).toEqual([id, null])
    stop()
    expect(host.listenerCount('unhandledRejection')).toBe(0)
  })
})
