import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { repeatJob } from '../../../src/main/app/repeat-job.ts'
import { startScoring } from '../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../src/main/features/training/training.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { decisionsOn } from '../../../src/main/store/decisions.ts'
import { listJobs } from '../../../src/main/store/jobs.ts'
import { findRun, listRuns } from '../../../src/main/store/runs.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { lineWorkspace, sessionOn } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { storedScores } from '../features/stored-scores.ts'

const kills = 10
const progressSchema = z.object({ heard: z.int(), engine: z.int(), steps: z.int(), rows: z.int() })
const decisionSchema = z.object({
  id: z.int(),
  image: z.int(),
  decision: z.string(),
  undone: z.int().nullable(),
})

/** Starts main on a workspace, kills it with -9 at its nth line, and answers with all lines that came. */
async function killedAt(dir: string, work: string, moment: number, set: object = {}): Promise<unknown[]> {
  const script = join(import.meta.dirname, 'work-until-killed.ts')
  const child = spawn(process.execPath, [script, dir, work, JSON.stringify(set)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: unknown[] = []
  for await (const line of createInterface(child.stdout)) {
    // What is still in the pipe after the kill was stored as well; only a line cut in two was not.
    if (!line.endsWith('}')) continue
    lines.push(JSON.parse(line))
    if (lines.length === moment) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return lines
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const set = { ganSteps: 30, encoderSteps: 30, checkpointEvery: 4, previewEvery: 6, validateEvery: 7 }

describeCompiled('main killed with -9', () => {
  it('at ten moments of a training loses nothing that was stored, takes the engine with it, and the run resumes to the same weights', async () => {
    const dir = await lineWorkspace()
    const random = createRandom(81)
    for (let kill = 0; kill < kills; kill++) {
      const lines = await killedAt(dir, 'train', 1 + random.int(8), set)
      const last = progressSchema.parse(lines.at(-1))
      await expect.poll(() => isAlive(last.engine), { timeout: 60_000 }).toBe(false)
      const workspace = openWorkspace(dir)
      const [run] = listRuns(workspace.db)
      const [job] = listJobs(workspace.db)
      expect(run?.state).toBe('interrupted')
      expect(run?.stepsDone).toBeGreaterThanOrEqual(last.steps)
      expect(job).toMatchObject({ kind: 'train', state: 'interrupted', runId: run?.id })
      workspace.close()
    }
    const session = sessionOn(dir)
    const { db } = session.workspace
    const [killed] = listRuns(db)
    const [job] = session.jobs.list({ active: false })
    await session.jobs.ended(repeatJob(session, job?.id ?? ''))
    const whole = await startTraining(session, tinyTraining(set))
    await session.jobs.ended(whole.job)
    const [broken, wanted] = [findRun(db, killed?.id ?? ''), findRun(db, whole.run)]
    expect(broken.state).toBe('trained')
    expect({ ...broken.result, seconds: 0, times: null }).toEqual({
      ...wanted.result,
      seconds: 0,
      times: null,
    })
    expect(broken.calibration).toEqual(wanted.calibration)
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
  }, 300_000)

  it('at ten moments of a scoring loses no row that was stored, and the scoring goes on to the same rows and maps', async () => {
    const dir = await lineWorkspace({ test: 260 })
    const plain = sessionOn(dir)
    const { job, run } = await startTraining(plain, tinyTraining())
    await plain.jobs.ended(job)
    await plain.jobs.ended(startScoring(plain, { run, split: 'test', again: false }).job)
    const wanted = storedScores(plain.workspace, run)
    expect(wanted).toHaveLength(260)
    plain.workspace.db.run('DELETE FROM score', {})
    await plain.close()

    const random = createRandom(82)
    for (let kill = 0; kill < kills; kill++) {
      // The first line is the engine being ready.
      const lines = await killedAt(dir, 'score', 1 + random.int(4))
      const last = progressSchema.parse(lines.at(-1))
      const workspace = openWorkspace(dir)
      expect(storedScores(workspace, run).length).toBeGreaterThanOrEqual(last.rows)
      expect(listJobs(workspace.db)[0]).toMatchObject({ kind: 'score', state: 'interrupted' })
      workspace.close()
    }
    const session = sessionOn(dir)
    const [last] = session.jobs.list({ active: false })
    const done = await session.jobs.ended(repeatJob(session, last?.id ?? ''))
    expect(done.state).toBe('done')
    expect(storedScores(session.workspace, run)).toEqual(wanted)
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
  }, 300_000)

  it('at ten moments of a review loses no decision and no undo that was confirmed', async () => {
    const dir = await lineWorkspace({ test: 6 })
    const session = sessionOn(dir)
    const { job } = await startTraining(session, tinyTraining({ ganSteps: 1, encoderSteps: 1 }))
    await session.jobs.ended(job)
    await session.close()
    const random = createRandom(83)
    const confirmed: z.infer<typeof decisionSchema>[] = []
    for (let kill = 0; kill < kills; kill++) {
      const lines = await killedAt(dir, 'review', 1 + random.int(40))
      confirmed.push(...lines.map((line) => decisionSchema.parse(line)))
      const workspace = openWorkspace(dir)
      for (const { id, image, decision, undone } of confirmed) {
        const stored = decisionsOn(workspace.db, image)
        expect(stored.find((other) => other.id === id)).toMatchObject({ decision })
        if (undone !== null) expect(stored.find((other) => other.id === undone)?.undoneAt).not.toBeNull()
      }
      expect((await verifyWorkspace(workspace)).problems).toEqual([])
      workspace.close()
    }
    expect(confirmed.length).toBeGreaterThan(kills)
  })
})
