/** Several inspection points at the same time, with the real engine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  addInspectionPoint,
  changeInspectionPoint,
  pointStates,
  removeInspectionPoint,
} from '../../../../src/main/features/live/inspection-points.ts'
import { liveState, resumeLive, startLive, stopLive } from '../../../../src/main/features/live/live.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { createOutput, removeOutput } from '../../../../src/main/store/outputs.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { outputRulesKey, webhookSettingsSchema } from '../../../../src/shared/output.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, drop, names } from './camera.ts'

const webhook = webhookSettingsSchema.parse({ kind: 'webhook', url: 'http://127.0.0.1:9/' })
const settled = { timeout: 60_000, interval: 20 }

async function judgedAt(session: Session, point: string, count: number): Promise<void> {
  await expect
    .poll(() => {
      const { arrived, waiting } = liveState(session, point)
      return arrived - waiting
    }, settled)
    .toBeGreaterThanOrEqual(count)
}

async function endedAt(session: Session, ...points: string[]): Promise<void> {
  for (const point of points) {
    const { job } = liveState(session, point)
    stopLive(session, point)
    await session.jobs.ended(job ?? '')
  }
}

describeCompiled('inspection points', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })
  const station = () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    addInspectionPoint(session, { name: 'top', mostWaiting: 1000, views: null }, 'Li Na')
    return { dir, run, session, line: cameraFolder(), top: cameraFolder() }
  }

  it('are watched at the same time, each with its own parts and results', async () => {
    const { run, session, line, top } = station()
    startLive(session, { folder: line, run, results: null })
    startLive(session, { folder: top, run, results: null, point: 'top' })
    await Promise.all([drop(line, 0, 6), drop(top, 4, 12)])
    await Promise.all([judgedAt(session, 'line', 6), judgedAt(session, 'top', 8)])
    expect(pointStates(session).map(({ name, arrived, job }) => [name, arrived, job !== null])).toEqual([
      ['line', 6, true],
      ['top', 8, true],
    ])
    await endedAt(session, 'line', 'top')
    const fileOf = (point: string) => {
      const folder = liveState(session, point).watch?.resultFolder ?? ''
      return readFileSync(join(folder, 'results.csv'), 'utf8').trim().split('\n').slice(1)
    }
    expect(
      fileOf('line')
        .map((row) => row.split(',')[0])
        .sort(),
    ).toEqual(names(6))
    expect(fileOf('top').length).toBe(8)
    expect(pointStates(session).map(({ state, job }) => [state, job])).toEqual([
      ['stopped', null],
      ['stopped', null],
    ])
  })

  it('are all watched again where Fanoscope is started again', async () => {
    const { dir, run, session, line, top } = station()
    startLive(session, { folder: line, run, results: null })
    startLive(session, { folder: top, run, results: null, point: 'top' })
    await session.close()
    const next = sessionOn(dir)
    resumeLive(next)
    await Promise.all([drop(line, 0, 2), drop(top, 2, 4)])
    await Promise.all([judgedAt(next, 'line', 2), judgedAt(next, 'top', 2)])
    await endedAt(next, 'line', 'top')
    await next.close()
    const last = sessionOn(dir)
    resumeLive(last)
    expect(last.jobs.list({ active: true })).toEqual([])
  })

  it('let only so many late parts wait, and do not judge the oldest of more', async () => {
    const { dir, told: run } = prepared()
    const engine = playedEngine()
    const session = sessionOn(dir, engine.launch)
    const { db } = session.workspace
    changeInspectionPoint(session, { name: 'line', mostWaiting: 30, views: null }, 'Li Na')
    createOutput(db, { name: 'ejector', settings: webhook, operator: null })
    changeSetting(db, outputRulesKey, { hosts: [], verdictWithin: 0.1 }, 'Li Na')
    const folder = cameraFolder()
    await drop(folder, 0, 40)
    startLive(session, { folder, run, results: null })
    await expect.poll(() => engine.tasks.length, settled).toBe(1)
    const { task } = elementAt(engine.tasks, 0)
    // It has loaded the model, and never scores a part.
    engine.says({ type: 'progress', task, phase: 'score', done: 0, total: 0, secondsLeft: null })
    await expect.poll(() => liveState(session).skipped, settled).toBe(10)
    const { waiting, refused, parts, behind } = liveState(session)
    expect({ waiting, refused, behind: behind?.parts }).toEqual({ waiting: 30, refused: 10, behind: 30 })
    expect(parts.map(({ reason }) => reason?.code)).toEqual(Array(10).fill('overloaded'))
    const fed = engine.heard.flatMap((heard) => (heard.type === 'feed' ? heard.images : []))
    expect(parts.filter(({ image }) => fed.some(({ id }) => id === image))).toEqual([])
    expect(pointStates(session)[0]).toMatchObject({ state: 'judging', isBehind: true, skipped: 10 })
  })

  it('share neither a folder nor results', () => {
    const { run, session, line, top } = station()
    startLive(session, { folder: line, run, results: null })
    const at = (folder: string, results: string | null) => () =>
      startLive(session, { folder, run, results, point: 'top' })
    expect(at(line, null)).toThrow(expect.objectContaining({ code: 'folder-watched' }))
    expect(at(top, join(line, '..', 'camera results'))).toThrow(
      expect.objectContaining({ code: 'result-folder-taken' }),
    )
    expect(() => startLive(session, { folder: top, run, results: null, point: 'side' })).toThrow(
      expect.objectContaining({ code: 'inspection-unknown' }),
    )
  })

  it('are removed only where nothing is watched and no output gets their results', async () => {
    const { run, session, top } = station()
    const refusal = (code: string) => expect.objectContaining({ code })
    const { id } = createOutput(session.workspace.db, {
      name: 'ejector',
      point: 'top',
      settings: webhook,
      operator: null,
    })
    startLive(session, { folder: top, run, results: null, point: 'top' })
    expect(() => removeInspectionPoint(session, 'top', 'Li Na')).toThrow(refusal('inspection-runs'))
    await endedAt(session, 'top')
    expect(() => removeInspectionPoint(session, 'top', 'Li Na')).toThrow(refusal('inspection-has-outputs'))
    removeOutput(session.workspace.db, id, null)
    removeInspectionPoint(session, 'top', 'Li Na')
    expect(() => removeInspectionPoint(session, 'line', 'Li Na')).toThrow(refusal('inspection-last'))
    expect(() =>
      changeInspectionPoint(session, { name: 'top', mostWaiting: null, views: null }, null),
    ).toThrow(refusal('inspection-unknown'))
    addInspectionPoint(session, { name: 'top', mostWaiting: 5, views: null }, 'Li Na')
    expect(() => addInspectionPoint(session, { name: 'TOP', mostWaiting: 5, views: null }, null)).toThrow(
      refusal('inspection-name-taken'),
    )
  })
})
