import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { repeatJob } from '../../../src/main/app/repeat-job.ts'
import { sessionHooks } from '../../../src/main/app/session-hooks.ts'
import { launchStandardEngine } from '../../../src/main/engine-host/standard-engine.ts'
import { startScoring } from '../../../src/main/features/scoring/scoring.ts'
import { resumeTraining, startTraining } from '../../../src/main/features/training/training.ts'
import type { JobEnd, JobPlan } from '../../../src/main/jobs/jobs.ts'
import { createEventHub } from '../../../src/main/platform/events.ts'
import { openSession } from '../../../src/main/session/session.ts'
import { findDataset } from '../../../src/main/store/datasets.ts'
import { createJob, startJob } from '../../../src/main/store/jobs.ts'
import { createRun, findRun, setRunState } from '../../../src/main/store/runs.ts'
import { iterateScores } from '../../../src/main/store/scores.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { failureOf } from '../../../src/shared/failure.ts'
import { lineWorkspace, sessionOn } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { playedEngine } from './played-engine.ts'

/** Work that the test ends by hand. */
function workByHand(lane: 'engine' | 'disk' = 'engine') {
  const { promise, resolve } = Promise.withResolvers<JobEnd>()
  const plan: JobPlan = {
    kind: 'verify',
    payload: {},
    lane,
    work: ({ signal }) => {
      signal.addEventListener('abort', () => resolve({ state: 'cancelled' }))
      return promise
    },
  }
  return { plan, end: resolve }
}

describe('the queue of the engine', () => {
  it('does one after the other in the order they were asked for, beside what works on files', async () => {
    const session = sessionOn(await lineWorkspace(), playedEngine().launch)
    const { jobs } = session
    const [a, b, c, disk] = [workByHand(), workByHand(), workByHand(), workByHand('disk')]
    const ids = [a, b, c, disk].map(({ plan }) => jobs.start(plan).id)
    const list = () => ids.map((id) => jobs.find(id).state)
    await expect.poll(list).toEqual(['running', 'queued', 'queued', 'running'])
    a.end({ state: 'done', result: { part: 1 } })
    expect(await jobs.ended(ids[0] ?? '')).toMatchObject({ state: 'done', result: { part: 1 } })
    await expect.poll(list).toEqual(['done', 'running', 'queued', 'running'])
    jobs.stop(ids[2] ?? '', 'cancel')
    expect(list()).toEqual(['done', 'running', 'cancelled', 'running'])
    b.end({ state: 'done', result: null })
    await jobs.ended(ids[1] ?? '')
    disk.end({ state: 'done', result: null })
    await jobs.ended(ids[3] ?? '')
    expect(list()).toEqual(['done', 'done', 'cancelled', 'done'])
  })

  it('goes on after a job that failed, and tells how it failed', async () => {
    const { jobs } = sessionOn(await lineWorkspace(), playedEngine().launch)
    const failing: JobPlan = {
      kind: 'verify',
      payload: {},
      lane: 'engine',
      work: async () => {
        throw new Error('out of order')
      },
    }
    const next = workByHand()
    const ids = [jobs.start(failing).id, jobs.start(next.plan).id]
    expect(await jobs.ended(ids[0] ?? '')).toMatchObject({
      state: 'failed',
      failure: { code: 'internal', params: { message: 'out of order' } },
    })
    next.end({ state: 'done', result: null })
    expect((await jobs.ended(ids[1] ?? '')).state).toBe('done')
  })

  it('tells of every state of a job, and of how far it is', async () => {
    const events = createEventHub()
    const seen: string[] = []
    events.on('job.changed', ({ state, progress }) => seen.push(`${state} ${String(progress?.done ?? '-')}`))
    const { jobs } = sessionOn(await lineWorkspace(), playedEngine().launch, events)
    const job = jobs.start({
      kind: 'verify',
      payload: {},
      lane: 'disk',
      async work({ progress }) {
        for (const done of [1, 2, 3])
          progress({ phase: 'verify', done, total: 3, secondsLeft: null, paused: false })
        return { state: 'done', result: null }
      },
    })
    await jobs.ended(job.id)
    // Of progress that comes at once only the first is shown; the end has the last.
    expect(seen).toEqual(['queued -', 'running -', 'running 1', 'done 3'])
  })

  it('knows no job of another name, and does not stop what has ended', async () => {
    const { jobs } = sessionOn(await lineWorkspace(), playedEngine().launch)
    expect(() => jobs.find('none')).toThrow(expect.objectContaining({ code: 'job-unknown' }))
    expect(() => jobs.stop('none', 'cancel')).toThrow(expect.objectContaining({ code: 'job-unknown' }))
    const work = workByHand('disk')
    const { id } = jobs.start(work.plan)
    expect(() => jobs.pause(id)).toThrow(expect.objectContaining({ code: 'job-not-pausable' }))
    work.end({ state: 'done', result: null })
    await jobs.ended(id)
    for (const act of [() => jobs.stop(id, 'cancel'), () => jobs.pause(id), () => jobs.continue(id)]) {
      expect(act).toThrow(expect.objectContaining({ code: 'job-ended' }))
    }
  })
})

describe('a training as a job', () => {
  const begun = async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    const started = await startTraining(session, tinyTraining())
    await expect.poll(() => engine.tasks).toHaveLength(1)
    return { engine, session, ...started, db: session.workspace.db }
  }

  it('follows what the engine says, and keeps it with the run', async () => {
    const { engine, session, job, run, db } = await begun()
    expect(findRun(db, run)).toMatchObject({ state: 'training', stepsDone: 0 })
    engine.says({ type: 'progress', task: job, phase: 'gan', done: 7, total: 24, secondsLeft: 3 })
    engine.says({
      type: 'metrics',
      task: job,
      points: [{ phase: 'gan', step: 7, name: 'critic', value: -0.5 }],
    })
    engine.says({ type: 'checkpoint', task: job, phase: 'gan', step: 7, file: 'checkpoints/7' })
    expect(findRun(db, run)).toMatchObject({ stepsDone: 7, stepsTotal: 24, losses: { critic: -0.5 } })
    engine.says({ type: 'progress', task: job, phase: 'calibrate', done: 1, total: 2, secondsLeft: null })
    engine.trains()
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'done', result: { run, steps: 24 } })
    expect(findRun(db, run)).toMatchObject({
      state: 'trained',
      stepsDone: 24,
      failure: null,
      result: { weightsSha256: 'a'.repeat(64) },
      calibration: { mapScale: 0.5, expectedCriticValue: 0.25, scores: { izif: [0.1, 0.2, 0.3] } },
    })
  })

  it('is paused and goes on, and the run says which', async () => {
    const { engine, session, job, run, db } = await begun()
    session.jobs.pause(job)
    expect(engine.heard.at(-1)).toEqual({ type: 'pause', task: job })
    engine.says({ type: 'paused', task: job })
    expect(findRun(db, run).state).toBe('paused')
    session.jobs.continue(job)
    expect(engine.heard.at(-1)).toEqual({ type: 'continue', task: job })
    engine.says({ type: 'continued', task: job })
    expect(findRun(db, run)).toMatchObject({ state: 'training', resumedCount: 0 })
  })

  it('that is cancelled can be resumed, as a new job of the same run', async () => {
    const { engine, session, job, run, db } = await begun()
    session.jobs.stop(job, 'cancel')
    expect((await session.jobs.ended(job)).state).toBe('cancelled')
    expect(findRun(db, run).state).toBe('cancelled')
    const again = repeatJob(session, job)
    expect(again).not.toBe(job)
    await expect.poll(() => engine.tasks).toHaveLength(2)
    expect(engine.tasks[1]).toMatchObject({ run, resume: true })
    expect(findRun(db, run)).toMatchObject({ state: 'training', resumedCount: 1 })
  })

  it('that is stopped for later is interrupted, and says at which step', async () => {
    const { session, job, run, db } = await begun()
    session.jobs.stop(job, 'later')
    expect((await session.jobs.ended(job)).state).toBe('cancelled')
    expect(findRun(db, run)).toMatchObject({
      state: 'interrupted',
      failure: { code: 'stopped', params: { case: 'training', step: 7 } },
    })
  })

  it('that is cancelled while it waits never begins', async () => {
    const { engine, session, job, db } = await begun()
    const second = await startTraining(session, tinyTraining({}, 2))
    session.jobs.stop(second.job, 'cancel')
    expect(findRun(db, second.run).state).toBe('cancelled')
    engine.trains()
    await session.jobs.ended(job)
    expect(engine.tasks).toHaveLength(1)
  })

  it('that is cancelled while the engine starts never begins', async () => {
    const engine = playedEngine()
    const events = createEventHub()
    const session = sessionOn(await lineWorkspace(), engine.launch, events)
    events.on('engine.changed', ({ state }) => {
      const [job] = session.jobs.list({ active: true })
      if (state === 'starting' && job) session.jobs.stop(job.id, 'cancel')
    })
    const { job, run } = await startTraining(session, tinyTraining())
    expect((await session.jobs.ended(job)).state).toBe('cancelled')
    expect(findRun(session.workspace.db, run).state).toBe('cancelled')
    expect(engine.tasks).toEqual([])
  })

  it('that fails keeps the reason with the run, and can be resumed', async () => {
    const { engine, session, job, run, db } = await begun()
    const failure = {
      code: 'training-diverged',
      params: { problem: 'No number', step: 3, stage: 'gan', times: 4 },
    }
    engine.says({ type: 'failed', task: job, failure })
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'failed', failure })
    expect(findRun(db, run)).toMatchObject({ state: 'failed', failure })
    resumeTraining(session, run)
    await expect.poll(() => engine.tasks).toHaveLength(2)
    expect(findRun(db, run)).toMatchObject({ state: 'training', failure: null })
  })

  it('whose engine dies is interrupted, and a new engine does the next', async () => {
    const { engine, session, job, run, db } = await begun()
    const next = await startTraining(session, tinyTraining({}, 2))
    engine.exits(null, 'SIGSEGV')
    expect(await session.jobs.ended(job)).toMatchObject({
      state: 'interrupted',
      failure: { code: 'engine-crashed' },
    })
    expect(findRun(db, run).state).toBe('interrupted')
    await expect.poll(() => engine.tasks).toHaveLength(2)
    expect(engine.tasks[1]).toMatchObject({ kind: 'train', run: next.run })
    expect(session.supervisor.state().crashes).toBe(1)
  })

  it('cannot be done again while it is at work', async () => {
    const { session, job } = await begun()
    expect(() => repeatJob(session, job)).toThrow(expect.objectContaining({ code: 'job-active' }))
    expect(() => repeatJob(session, 'none')).toThrow(expect.objectContaining({ code: 'job-unknown' }))
  })

  it('on a full disk fails with that, and nothing that was stored is lost', async () => {
    const { engine, session, job, run, db } = await begun()
    const points = (from: number) =>
      Array.from({ length: 400 }, (_, i) => ({ phase: 'gan', step: from + i, name: 'critic', value: i }))
    engine.says({ type: 'metrics', task: job, points: points(0) })
    const [size] = z.array(z.object({ page_count: z.int() })).parse(db.pragma('page_count'))
    db.pragma(`max_page_count = ${size?.page_count ?? 0}`)
    for (let from = 400; from < 8000; from += 400) {
      engine.says({ type: 'metrics', task: job, points: points(from) })
    }
    expect(engine.heard.at(-1)).toEqual({ type: 'cancel', task: job })
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'failed', failure: { code: 'disk-full' } })
    db.pragma('max_page_count = 1000000')
    expect(session.jobs.find(job).state).not.toBe('done')
    resumeTraining(session, run)
    await expect.poll(() => engine.tasks).toHaveLength(2)
    expect(findRun(db, run).state).toBe('training')
  })
})

describe('a session', () => {
  it('that is closed lets a training write its checkpoint, and the run and what waits are interrupted', async () => {
    const engine = playedEngine()
    const dir = await lineWorkspace()
    const session = sessionOn(dir, engine.launch)
    const first = await startTraining(session, tinyTraining())
    const second = await startTraining(session, tinyTraining({}, 2))
    await expect.poll(() => engine.tasks).toHaveLength(1)
    await session.close()
    expect(engine.heard.map(({ type }) => type)).toEqual(['run', 'cancel', 'exit'])
    const workspace = openWorkspace(dir)
    for (const { run } of [first, second]) {
      const { state, failure } = findRun(workspace.db, run)
      expect(state).toBe('interrupted')
      expect(failure?.code).toBe('interrupted')
      expect(failure === null ? '' : failureOf(failure).remedy).toContain('Resume')
    }
    workspace.close()
  })

  it('finds what a process that is gone had begun or had waiting, and starts nothing by itself', async () => {
    const dir = await lineWorkspace()
    const workspace = openWorkspace(dir)
    const { db } = workspace
    const { id: datasetId } = findDataset(db, 'parts')
    const run = () =>
      createRun(db, { datasetId, model: 'fanogan', preset: 'smoke', seed: 1, config: {}, stepsTotal: 1 }).id
    const [queued, training, paused] = [run(), run(), run()]
    setRunState(db, training, 'training')
    setRunState(db, paused, 'training')
    setRunState(db, paused, 'paused')
    const waiting = createJob(db, { kind: 'train', payload: {}, runId: queued }).id
    const working = createJob(db, { kind: 'train', payload: {}, runId: training }).id
    startJob(db, working, 1)
    workspace.close()
    const engine = playedEngine()
    const session = sessionOn(dir, engine.launch)
    for (const id of [queued, training, paused]) {
      expect(findRun(session.workspace.db, id)).toMatchObject({
        state: 'interrupted',
        failure: { code: 'interrupted' },
      })
    }
    for (const id of [waiting, working]) expect(session.jobs.find(id).state).toBe('interrupted')
    expect(session.jobs.list({ active: true })).toEqual([])
    expect(engine.tasks).toEqual([])
  })

  it('is refused for a workspace that another one has', async () => {
    const dir = await lineWorkspace()
    sessionOn(dir, playedEngine().launch)
    const second = () =>
      openSession({ dir, launchEngine: launchStandardEngine, events: createEventHub(), hooks: sessionHooks })
    expect(second).toThrow(expect.objectContaining({ code: 'workspace-in-use' }))
  })
})

describe('a scoring as a job', () => {
  const trained = async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    const { job, run } = await startTraining(session, tinyTraining())
    await expect.poll(() => engine.tasks).toHaveLength(1)
    engine.trains()
    await session.jobs.ended(job)
    const rowsOf = () => [...iterateScores(session.workspace.db, run)].map(({ imageId }) => imageId)
    /** Answers the newest task with scores of its first images. */
    const scores = (count: number) => {
      const task = engine.tasks.at(-1)
      if (task?.kind !== 'score') throw new TypeError('not a scoring')
      const rows = task.images.slice(0, count).map(({ id }) => ({
        image: id,
        tiles: 1,
        components: Float32Array.from([0.25, 0.5]),
        componentNames: ['residual', 'feature'],
        score: 0.75,
        calibrated: 50,
        map: null,
        warnings: [],
      }))
      engine.says({ type: 'scored', task: task.task, rows })
      return rows.map(({ image }) => image)
    }
    return { engine, session, run, rowsOf, scores }
  }

  it('acknowledges rows once they are stored, and goes on with the others when it is done again', async () => {
    const { engine, session, run, rowsOf, scores } = await trained()
    const { job } = startScoring(session, { run, split: 'test', again: false })
    await expect.poll(() => engine.tasks).toHaveLength(2)
    const first = scores(2)
    expect(engine.heard.at(-1)).toEqual({ type: 'stored', task: job, rows: 2 })
    expect(rowsOf()).toEqual(first)
    engine.exits(null, 'SIGKILL')
    expect((await session.jobs.ended(job)).state).toBe('interrupted')
    expect(rowsOf()).toEqual(first)

    const again = repeatJob(session, job)
    await expect.poll(() => engine.tasks).toHaveLength(3)
    const rest = engine.tasks[2]
    if (rest?.kind !== 'score') throw new TypeError('not a scoring')
    expect(rest.images.map(({ id }) => id).filter((id) => first.includes(id))).toEqual([])
    expect(rest.images).toHaveLength(4)
    scores(4)
    engine.says({ type: 'score-done', task: again, result: { images: 4, refused: [], seconds: 1 } })
    expect(await session.jobs.ended(again)).toMatchObject({
      state: 'done',
      result: { images: 4, already: 2 },
    })
  })

  it('of all images again, when it is done again, leaves out only those that it had scored itself', async () => {
    const { engine, session, run, scores } = await trained()
    const complete = async (job: string, count: number) => {
      scores(count)
      engine.says({ type: 'score-done', task: job, result: { images: count, refused: [], seconds: 1 } })
      return session.jobs.ended(job)
    }
    const first = startScoring(session, { run, split: 'test', again: false })
    await expect.poll(() => engine.tasks).toHaveLength(2)
    await complete(first.job, 6)
    const nothing = startScoring(session, { run, split: 'test', again: false })
    expect((await session.jobs.ended(nothing.job)).result).toMatchObject({ images: 0, already: 6 })

    // Each job begins at a later millisecond than the last row of the one before.
    await expect.poll(() => Date.now()).toBeGreaterThan(session.jobs.find(nothing.job).finishedAt ?? 0)
    let { job } = startScoring(session, { run, split: 'test', again: true })
    for (const [round, left] of [6, 4, 2].entries()) {
      await expect.poll(() => engine.tasks).toHaveLength(3 + round)
      expect(engine.tasks.at(-1)).toMatchObject({ kind: 'score', images: { length: left } })
      scores(2)
      engine.exits(null, 'SIGKILL')
      await session.jobs.ended(job)
      job = repeatJob(session, job)
    }
    expect((await session.jobs.ended(job)).result).toMatchObject({ images: 0, already: 6 })
  })

  it('needs a run that is trained, and images', async () => {
    const { session, run } = await trained()
    expect(() => startScoring(session, { run: 'none', split: 'test', again: false })).toThrow(
      expect.objectContaining({ code: 'run-unknown' }),
    )
    session.workspace.db.run(`UPDATE image SET split = 'train' WHERE split = 'test'`, {})
    expect(() => startScoring(session, { run, split: 'test', again: false })).toThrow(
      expect.objectContaining({ code: 'nothing-to-score' }),
    )
    const other = await startTraining(session, tinyTraining())
    expect(() => startScoring(session, { run: other.run, split: 'validation', again: false })).toThrow(
      expect.objectContaining({ code: 'not-trained', remedy: expect.stringContaining('Wait') }),
    )
  })

  it('lists the files that were refused, by name', async () => {
    const { engine, session, run } = await trained()
    const { job } = startScoring(session, { run, split: 'test', again: false })
    await expect.poll(() => engine.tasks).toHaveLength(2)
    const task = engine.tasks[1]
    if (task?.kind !== 'score') throw new TypeError('not a scoring')
    const image = task.images[0]?.id ?? 0
    const refused = [{ image, code: 'truncated', params: { words: 'the file ends' } }]
    engine.says({ type: 'score-done', task: job, result: { images: 5, refused, seconds: 1 } })
    expect((await session.jobs.ended(job)).result).toMatchObject({
      images: 5,
      refused: [{ image, file: expect.stringMatching(/^test\/.*\.png$/), code: 'truncated' }],
    })
  })
})
