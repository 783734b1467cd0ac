/** A line goes over to the model in use while it runs, with the real engine and two real runs. */

import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { changeInspectionPoint } from '../../../../src/main/features/live/inspection-points.ts'
import { liveState, resumeLive, startLive } from '../../../../src/main/features/live/live.ts'
import { promote, rollBack } from '../../../../src/main/features/models/promotion.ts'
import { settingsInUse } from '../../../../src/main/features/runs/score-settings.ts'
import { startScoring } from '../../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { forgetAuditKey, useAuditKey } from '../../../../src/main/platform/audit-key.ts'
import { stateFile } from '../../../../src/main/platform/preferences.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import { savePoint } from '../../../../src/main/store/operating-points.ts'
import { findRun, runFolder } from '../../../../src/main/store/runs.ts'
import { scoreOf } from '../../../../src/main/store/scores.ts'
import type { LivePart } from '../../../../src/shared/live.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { noFigures } from '../thresholds/no-figures.ts'
import { cameraFolder, drop, dropAs, ended, judged, lines, names } from './camera.ts'

/** Trains a run and scores the validation split with it. */
async function scoredRun(session: Session, seed: number): Promise<string> {
  const { job, run } = await startTraining(session, tinyTraining({}, seed))
  await session.jobs.ended(job)
  await session.jobs.ended(startScoring(session, { run, split: 'validation', again: false }).job)
  return run
}

const take = (session: Session, run: string) =>
  promote(session, { run, operator: 'Li Na', reason: 'A trial on the line.', margin: 0.02 })

/** In the order of their verdicts. */
const inOrder = (session: Session): LivePart[] =>
  [...liveState(session).parts].sort((a, b) => (a.judgedAt ?? 0) - (b.judgedAt ?? 0) || a.id - b.id)

describeCompiled('a line whose model is replaced while it runs', () => {
  const prepared = preparedWorkspace(async (session) => {
    const [first, second] = [await scoredRun(session, 1), await scoredRun(session, 2)]
    await take(session, first)
    return { first, second }
  })
  /** Two runs that have scored the validation split, the first of them in use. */
  const twoRuns = () => {
    const { dir, told } = prepared()
    return { session: sessionOn(dir), ...told, folder: cameraFolder() }
  }

  it('judges each part by one model, from the next part on by the new one: none is lost, none is there twice', async () => {
    const { session, first, second, folder } = twoRuns()
    const { db } = session.workspace
    startLive(session, { folder, run: first, results: null })
    await drop(folder, 0, 30)
    await judged(session, 3)
    await take(session, second)
    await drop(folder, 30, 34)
    await judged(session, 34)

    const parts = inOrder(session)
    const runs = parts.map(({ run }) => run)
    expect(new Set(runs)).toEqual(new Set([first, second]))
    expect(runs.lastIndexOf(first)).toBeLessThan(runs.indexOf(second))
    // What was dropped after the promotion.
    const late = parts.filter(({ file }) => /part 3[0-3]\.png/.test(file))
    expect(late.map(({ run }) => run)).toEqual([second, second, second, second])
    for (const { run, image, score } of parts) {
      const scores = [first, second].map((by) => scoreOf(db, by, image ?? 0)?.score)
      expect(scores.filter((value) => value !== undefined)).toHaveLength(1)
      expect(scores[run === first ? 0 : 1]).toBe(score)
    }
    await ended(session)
    expect((await lines(session)).sort()).toEqual(names(34))
    expect(listAudit(db, { action: 'live.model-taken' }).map(({ run }) => run)).toEqual([second])
    expect(liveState(session).watch).toMatchObject({ runId: second, refused: null })
  })

  it('judges all views of a part by the model and operating point of its first view; parts after it wait', async () => {
    const { session, first, second, folder } = twoRuns()
    const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 60 }
    changeInspectionPoint(session, { name: 'line', mostWaiting: null, views }, 'Li Na')
    startLive(session, { folder, run: first, results: null })
    await dropAs(folder, ['1_left.png'])
    await judged(session, 1)
    const [left] = inOrder(session)
    await take(session, second)
    await dropAs(folder, ['2_left.png', '2_right.png'])
    await expect.poll(() => liveState(session).arrived, { timeout: 30_000 }).toBe(3)
    await dropAs(folder, ['1_right.png'])
    await judged(session, 4)
    const byFile = Object.fromEntries(inOrder(session).map(({ file, run }) => [file, run]))
    expect(byFile).toEqual({
      '1_left.png': first,
      '1_right.png': first,
      '2_left.png': second,
      '2_right.png': second,
    })
    expect(inOrder(session).find(({ file }) => file === '1_right.png')?.point).toBe(left?.point)
    await ended(session)
  })

  it('goes over without the view that never comes, once the time of its part is over', async () => {
    const { session, first, second, folder } = twoRuns()
    const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 1 }
    changeInspectionPoint(session, { name: 'line', mostWaiting: null, views }, 'Li Na')
    startLive(session, { folder, run: first, results: null })
    await dropAs(folder, ['1_left.png'])
    await judged(session, 1)
    await take(session, second)
    await dropAs(folder, ['2_left.png'])
    await judged(session, 2)
    expect(inOrder(session).map(({ run }) => run)).toEqual([first, second])
    await ended(session)
  })

  it('judges the second view of a part by the operating point of the first, although another was set', async () => {
    const { session, first, folder } = twoRuns()
    const { db } = session.workspace
    const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 60 }
    changeInspectionPoint(session, { name: 'line', mostWaiting: null, views }, 'Li Na')
    startLive(session, { folder, run: first, results: null })
    await dropAs(folder, ['1_left.png'])
    await judged(session, 1)
    const [left] = inOrder(session)
    const point = savePoint(db, {
      ...settingsInUse(db, findRun(db, first)),
      run: first,
      name: 'strict',
      threshold: -1e9,
      regions: null,
      target: null,
      interval: null,
      validation: { normal: 0, anomalous: 0, hash: '0'.repeat(64) },
      figures: noFigures,
      operator: 'Li Na',
      reason: 'a trial',
    })
    await dropAs(folder, ['1_right.png', '2_left.png'])
    await judged(session, 3)
    const byFile = Object.fromEntries(inOrder(session).map((part) => [part.file, part.point]))
    expect(byFile).toEqual({ '1_left.png': left?.point, '1_right.png': left?.point, '2_left.png': point.id })
    await ended(session)
  })

  it('takes back a model that another process has rolled back, with the next part', async () => {
    // Both processes of an account sign with its key.
    useAuditKey(dirname(stateFile(process.env)))
    onTestFinished(forgetAuditKey)
    const { session, first, second, folder } = twoRuns()
    await take(session, second)
    startLive(session, { folder, run: second, results: null })
    await drop(folder, 0, 2)
    await judged(session, 2)
    const { dir } = session.workspace
    const { code, stderr } = await fanoscope([
      'rollback',
      '--workspace',
      dir,
      '--operator',
      'Wang Lei',
      '--reason',
      'a trial',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await drop(folder, 2, 4)
    await judged(session, 4)
    expect(inOrder(session).map(({ run }) => run)).toEqual([second, second, first, first])

    const again = await fanoscope([
      'promote',
      second,
      ...['--workspace', dir, '--operator', 'Wang Lei', '--reason', 'The fault was the lamp.'],
    ])
    expect(again.code).toBe(0)
    await drop(folder, 4, 6)
    await judged(session, 6)
    expect(inOrder(session).map(({ run }) => run)).toEqual([second, second, first, first, second, second])
    await ended(session)
    expect((await checkAudit(session.workspace.db)).breaks).toEqual([])
  })

  it('goes on with the present model where the new one cannot be loaded, and says so', async () => {
    const { session, first, second, folder } = twoRuns()
    rmSync(join(session.workspace.path(runFolder(second)), 'model', 'weights.safetensors'))
    startLive(session, { folder, run: first, results: null })
    await drop(folder, 0, 2)
    await judged(session, 2)
    await take(session, second)
    await drop(folder, 2, 6)
    await judged(session, 6)
    expect(inOrder(session).map(({ run }) => run)).toEqual(Array.from({ length: 6 }, () => first))
    expect(liveState(session).watch).toMatchObject({
      runId: first,
      refused: { run: second, failure: { code: 'model-corrupt' } },
    })
    // It was never left, so there is nothing to load.
    rollBack(session, { dataset: null, operator: 'Li Na', reason: 'a trial' })
    await drop(folder, 6, 7)
    await judged(session, 7)
    expect(liveState(session).watch).toMatchObject({ runId: first, refused: null })
    await ended(session)
  })

  it('begins with the model in use after it was replaced while Fanoscope was closed', async () => {
    const { session, first, second, folder } = twoRuns()
    const { dir } = session.workspace
    startLive(session, { folder, run: first, results: null })
    await drop(folder, 0, 2)
    await judged(session, 2)
    await session.close()
    const closed = sessionOn(dir)
    await take(closed, second)
    resumeLive(closed)
    await drop(folder, 2, 4)
    await judged(closed, 4)
    expect(inOrder(closed).map(({ run }) => run)).toEqual([first, first, second, second])
    await ended(closed)
  })
})
