import { expect, it } from 'vitest'
import { repeatJob } from '../../../src/main/app/repeat-job.ts'
import type { EngineChannel } from '../../../src/main/engine-host/channel.ts'
import { startScoring } from '../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../src/main/features/training/training.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import type { Session } from '../../../src/main/session/session.ts'
import { findRun } from '../../../src/main/store/runs.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import type { Job } from '../../../src/shared/job.ts'
import type { Id } from '../../../src/shared/values.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { lineWorkspace, sessionOn, watchedEngine } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { storedScores } from '../features/stored-scores.ts'

/** Ten moments: the nth message that an engine says of its task. */
const kills = 10

/** A session whose engine is killed at messages that the seed chooses, until `spare` is called. */
function killingSession(
  dir: string,
  seed: number,
  furthest: number,
): { session: Session; killed: () => number } {
  const random = createRandom(seed)
  const killed = new Set<EngineChannel>()
  let left = 1 + random.int(furthest)
  const session = sessionOn(
    dir,
    watchedEngine((type, channel) => {
      // What it said before it died still arrives.
      if (type === 'ready' || type === 'log' || killed.has(channel) || killed.size === kills) return
      left -= 1
      if (left > 0) return
      killed.add(channel)
      left = 1 + random.int(furthest)
      channel.kill()
    }),
  )
  return { session, killed: () => killed.size }
}

/** Does a job again until it is not interrupted; answers with all of its attempts. */
async function untilDone(session: Session, first: Id, between: (job: Job) => void): Promise<Job[]> {
  const attempts = [await session.jobs.ended(first)]
  for (let last = attempts.at(-1); last?.state === 'interrupted'; last = attempts.at(-1)) {
    between(last)
    attempts.push(await session.jobs.ended(repeatJob(session, last.id)))
  }
  return attempts
}

const set = { ganSteps: 30, encoderSteps: 30, checkpointEvery: 4, previewEvery: 6, validateEvery: 7 }

describeCompiled('an engine killed with -9', () => {
  it('at ten moments of a training leaves a run that can be resumed, to the weights of one that was not killed', async () => {
    const dir = await lineWorkspace()
    const { session, killed } = killingSession(dir, 8, 9)
    const { db } = session.workspace
    const { job, run } = await startTraining(session, tinyTraining(set))
    const attempts = await untilDone(session, job, (last) => {
      expect(last.failure).toMatchObject({
        code: 'engine-crashed',
        params: { case: 'killed', signal: 'SIGKILL' },
      })
      expect(findRun(db, run)).toMatchObject({ state: 'interrupted', failure: { code: 'engine-crashed' } })
    })
    expect(killed()).toBe(kills)
    expect(attempts.at(-1)).toMatchObject({ state: 'done' })
    await expect.poll(() => session.supervisor.state().crashes).toBe(kills)

    const whole = await startTraining(session, tinyTraining(set))
    await session.jobs.ended(whole.job)
    const [broken, wanted] = [findRun(db, run), findRun(db, whole.run)]
    expect(broken.resumedCount).toBeGreaterThan(0)
    expect(broken.state).toBe('trained')
    expect({ ...broken.result, seconds: 0, times: null }).toEqual({
      ...wanted.result,
      seconds: 0,
      times: null,
    })
    expect(broken.calibration).toEqual(wanted.calibration)
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
  }, 300_000)

  it('at ten moments of a scoring loses no stored row, and the scoring goes on to the same rows and maps', async () => {
    const dir = await lineWorkspace({ good: 14, test: 260 })
    const plain = sessionOn(dir)
    const { job, run } = await startTraining(plain, tinyTraining())
    await plain.jobs.ended(job)
    await plain.jobs.ended(startScoring(plain, { run, split: 'test', again: false }).job)
    const wanted = storedScores(plain.workspace, run)
    expect(wanted).toHaveLength(260)
    await plain.close()

    const { session, killed } = killingSession(dir, 9, 3)
    const { db } = session.workspace
    db.run('DELETE FROM score', {})
    let stored = 0
    const scoring = startScoring(session, { run, split: 'test', again: false })
    const attempts = await untilDone(session, scoring.job, (last) => {
      expect(last.failure?.code).toBe('engine-crashed')
      const rows = storedScores(session.workspace, run).length
      expect(rows).toBeGreaterThanOrEqual(stored)
      stored = rows
    })
    expect(attempts.at(-1)?.result).toMatchObject({ images: 260 - stored, already: stored })
    expect(killed()).toBe(kills)
    expect(storedScores(session.workspace, run)).toEqual(wanted)
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
  }, 300_000)
})
