import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { repeatJob } from '../../../src/main/app/repeat-job.ts'
import type { LaunchEngine } from '../../../src/main/engine-host/channel.ts'
import { launchChildEngine } from '../../../src/main/engine-host/child-process.ts'
import { engineEnvironment } from '../../../src/main/engine-host/environment.ts'
import { startScoring } from '../../../src/main/features/scoring/scoring.ts'
import { resumeTraining, startTraining } from '../../../src/main/features/training/training.ts'
import { applicationRoot } from '../../../src/main/platform/application-root.ts'
import { findRun } from '../../../src/main/store/runs.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { failureOf } from '../../../src/shared/failure.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { lineWorkspace, preparedWorkspace, sessionOn, watchedEngine } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { storedScores } from '../features/stored-scores.ts'

/** The real engine on a disk that takes so many more files. */
const fullDisk =
  (files: number): LaunchEngine =>
  (onOutput) =>
    launchChildEngine({
      entry: join(import.meta.dirname, 'engine-on-full-disk.ts'),
      environment: {
        ...engineEnvironment(applicationRoot(), process.env),
        FILES_UNTIL_FULL: String(files),
      },
      onOutput,
    })

const set = { ganSteps: 20, encoderSteps: 20, checkpointEvery: 4 }

/** A workspace with a run that nothing disturbed, and the SHA-256 of its weights. */
const undisturbed = preparedWorkspace(async (session) => {
  const { job, run } = await startTraining(session, tinyTraining(set))
  await session.jobs.ended(job)
  return findRun(session.workspace.db, run).result?.weightsSha256
})

describeCompiled('a training by the real engine', () => {
  it('is paused, goes on, is stopped for later, and resumes to the same weights', async () => {
    const { dir, told: wanted } = undisturbed()
    const said: string[] = []
    const session = sessionOn(
      dir,
      watchedEngine((type) => {
        if (type !== 'paused' && type !== 'continued' && type !== 'checkpoint') return
        said.push(type)
        const [job] = session.jobs.list({ active: true })
        if (!job) return
        if (said.length === 1) session.jobs.pause(job.id)
        if (type === 'paused') session.jobs.continue(job.id)
        if (type === 'continued') session.jobs.stop(job.id, 'later')
      }),
    )
    const { job, run } = await startTraining(session, tinyTraining(set))
    const ended = await session.jobs.ended(job)
    expect(ended.state).toBe('cancelled')
    const { db } = session.workspace
    expect(findRun(db, run)).toMatchObject({ state: 'interrupted', failure: { code: 'stopped' } })
    expect(said.filter((type) => type !== 'checkpoint')).toEqual(['paused', 'continued'])
    expect(said.at(-1)).toBe('checkpoint')
    const again = await session.jobs.ended(repeatJob(session, job))
    expect(again.result).toMatchObject({ weightsSha256: wanted })
    expect(findRun(db, run)).toMatchObject({ state: 'trained', resumedCount: 1 })
  })

  it('is closed with its session, which waits for the checkpoint, and resumes to the same weights', async () => {
    const { dir, told: wanted } = undisturbed()
    const { promise, resolve } = Promise.withResolvers<void>()
    const session = sessionOn(
      dir,
      watchedEngine((type) => {
        if (type === 'checkpoint') resolve()
      }),
    )
    const { run } = await startTraining(session, tinyTraining(set))
    await promise
    await session.close()
    const next = sessionOn(dir)
    const { state, stepsDone } = findRun(next.workspace.db, run)
    expect(state).toBe('interrupted')
    const [newest] = readdirSync(next.workspace.path(`runs/${run}/checkpoints`))
      .sort()
      .reverse()
    expect(Number.parseInt(newest ?? '', 10)).toBeGreaterThanOrEqual(stepsDone)
    const again = await next.jobs.ended(resumeTraining(next, run).job)
    expect(again.result).toMatchObject({ weightsSha256: wanted })
  })
})

describeCompiled('a full disk', () => {
  it('ends a training with that reason, keeps its last checkpoint, and the training goes on when there is room', async () => {
    const { dir, told: wanted } = undisturbed()
    const session = sessionOn(dir, fullDisk(3))
    const { job, run } = await startTraining(session, tinyTraining(set))
    const failure = { code: 'disk-full', params: {} }
    expect(failureOf(failure).remedy).toContain('space')
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'failed', failure })
    expect(findRun(session.workspace.db, run)).toMatchObject({ state: 'failed', failure })
    expect(session.supervisor.state()).toMatchObject({ state: 'ready', crashes: 0 })
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
    const left = readdirSync(session.workspace.path(`runs/${run}/checkpoints`))
    expect(left.every((name) => name.endsWith('.safetensors'))).toBe(true)
    expect(left.length).toBeGreaterThan(0)
    await session.close()

    const next = sessionOn(dir)
    const again = await next.jobs.ended(resumeTraining(next, run).job)
    expect(again.result).toMatchObject({ weightsSha256: wanted })
  })

  it('ends a scoring with that reason, keeps the rows that were stored, and the scoring goes on when there is room', async () => {
    const dir = await lineWorkspace({ test: 60 })
    const first = sessionOn(dir)
    const { job, run } = await startTraining(first, tinyTraining())
    await first.jobs.ended(job)
    await first.close()

    const session = sessionOn(dir, fullDisk(70))
    const scoring = startScoring(session, { run, split: 'test', again: false })
    expect(await session.jobs.ended(scoring.job)).toMatchObject({
      state: 'failed',
      failure: { code: 'disk-full' },
    })
    expect(session.supervisor.state()).toMatchObject({ state: 'ready', crashes: 0 })
    const kept = storedScores(session.workspace, run)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(60)
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
    await session.close()

    const next = sessionOn(dir)
    expect(await next.jobs.ended(repeatJob(next, scoring.job))).toMatchObject({
      state: 'done',
      result: { images: 60 - kept.length, already: kept.length },
    })
    expect(storedScores(next.workspace, run).slice(0, kept.length)).toEqual(kept)
    expect(existsSync(next.workspace.path(`runs/${run}/maps`))).toBe(true)
  })
})
