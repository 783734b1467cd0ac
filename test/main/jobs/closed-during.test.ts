/** Fanoscope is closed in the middle of each kind of work on files, and a lock or a full disk meets the end of a job. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { repeatJob } from '../../../src/main/app/repeat-job.ts'
import { duplicatesPlan } from '../../../src/main/features/datasets/duplicates-job.ts'
import { importPlan } from '../../../src/main/features/import/import-job.ts'
import { samplePlan } from '../../../src/main/features/sample/sample-job.ts'
import { verifyPlan } from '../../../src/main/features/workspace/verify-job.ts'
import type { JobPlan } from '../../../src/main/jobs/jobs.ts'
import type { Session } from '../../../src/main/session/session.ts'
import { findDataset } from '../../../src/main/store/datasets.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { wordsIn } from '../../../src/shared/messages/words.ts'
import { lineWorkspace, sessionOn, writeLine } from '../features/line.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { playedEngine } from './played-engine.ts'

const plans: Record<string, (session: Session) => Promise<JobPlan> | JobPlan> = {
  async import(session) {
    const folder = await writeLine(join(temporaryFolder(), 'more'), { good: 24, test: 4 })
    return importPlan(session, {
      folder,
      dataset: 'more',
      layout: 'auto',
      unlabeledAs: 'normal',
      hasDirection: null,
    })
  },
  verify: (session) => verifyPlan(session),
  sample: (session) => samplePlan(session, { folder: join(temporaryFolder(), 'sample'), seed: 1 }),
  duplicates: (session) => duplicatesPlan(session, findDataset(session.workspace.db, 'parts')),
}

/** The moments at which Fanoscope is closed: before the work begins, when it has begun, and after its first progress. */
const moments = ['queued', 'running', 'progress'] as const

describe.each(Object.keys(plans))('closing during a job of kind %s', (kind) => {
  it.each(moments)('(%s) leaves a row that says so, and a list that answers', async (moment) => {
    const dir = await lineWorkspace({ good: 6, test: 2 })
    const session = sessionOn(dir, playedEngine().launch)
    const plan = await plans[kind]?.(session)
    if (plan === undefined) throw new RangeError(kind)
    const reached = Promise.withResolvers<void>()
    session.events.on('job.changed', ({ state, progress }) => {
      const now = state === 'queued' || progress === null ? state : 'progress'
      if (now === moment || state === 'done') reached.resolve()
    })
    const { id } = session.jobs.start(plan)
    await reached.promise
    await session.close()

    const next = sessionOn(dir, playedEngine().launch)
    const [job] = next.jobs.list({ active: false })
    expect(job?.id).toBe(id)
    if (job?.state !== 'done') {
      expect(job?.state).toBe('interrupted')
      expect(wordsIn('en').text('failure', job?.failure ?? { code: '', params: {} }, 'remedy')).toMatch(
        /\w+ \w+/,
      )
      // The sample line takes most of a minute to draw.
      if (kind !== 'sample') expect((await next.jobs.ended(repeatJob(next, id))).state).toBe('done')
    }
    expect((await verifyWorkspace(next.workspace)).problems).toEqual([])
  })
})

/** Another connection that holds the database, as a backup program does. @returns what ends it */
function hold(dir: string): () => void {
  const other = new Sqlite(join(dir, 'fanoscope.db'))
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

describe('a job whose end cannot be stored', () => {
  it('is told, and listed as ended, at once; its row follows as soon as the database is free', async () => {
    const dir = await lineWorkspace({ good: 6, test: 2 })
    const session = sessionOn(dir, playedEngine().launch)
    session.workspace.db.pragma('busy_timeout = 1')
    let release = (): void => undefined
    const { id } = session.jobs.start({
      kind: 'verify',
      payload: {},
      lane: 'disk',
      async work() {
        release = hold(dir)
        return { state: 'done', result: { part: 1 } }
      },
    })
    const shown = await session.jobs.ended(id)
    expect(shown).toMatchObject({ state: 'failed', failure: { code: 'workspace-busy' } })
    expect(session.jobs.list({ active: true })).toEqual([])
    expect(session.jobs.find(id)).toEqual(shown)
    const stored = Promise.withResolvers<unknown>()
    session.events.on('job.changed', (job) => stored.resolve(job))
    release()
    expect(await stored.promise).toMatchObject({ id, state: 'done', result: { part: 1 } })
    expect(session.jobs.find(id).state).toBe('done')
  })

  it('that a listener or the form of its result fails, ends none the less', async () => {
    const session = sessionOn(await lineWorkspace({ good: 6, test: 2 }), playedEngine().launch)
    session.events.on('job.changed', () => {
      throw new Error('a listener that is out of order')
    })
    const result = JSON.parse('[1]')
    const { id } = session.jobs.start({
      kind: 'verify',
      payload: {},
      lane: 'disk',
      work: async () => ({ state: 'done', result }),
    })
    expect((await session.jobs.ended(id)).state).toBe('failed')
    await expect.poll(() => session.jobs.find(id)).toMatchObject({ state: 'failed', pid: null })
    expect(session.jobs.list({ active: true })).toEqual([])
  })
})
