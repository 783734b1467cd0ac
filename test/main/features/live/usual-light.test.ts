/** Photographs that are unlike all good ones are never called good, and the line says so. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lineStateFrom } from '../../../../src/main/features/live/line-state.ts'
import { liveState, startLive, stopLive } from '../../../../src/main/features/live/live.ts'
import { unlikeness, usualLight } from '../../../../src/main/features/live/usual-light.ts'
import { watchNotesOf } from '../../../../src/main/features/live/watch-notes.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { failureOf } from '../../../../src/shared/failure.ts'
import { unlikeKey } from '../../../../src/shared/live.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { lineWorkspace, preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, drop } from './camera.ts'

const settled = { timeout: 60_000, interval: 20 }

describeCompiled('a watched line', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })

  /** A usual photograph, and what went wrong with it. */
  async function photographs(folder: string): Promise<Record<string, Buffer>> {
    const [name = ''] = readdirSync(folder)
    const usual = readFileSync(join(folder, name))
    const { width, height } = await sharp(usual).metadata()
    const plain = (value: number) =>
      sharp({ create: { width, height, channels: 3, background: { r: value, g: value, b: value } } })
        .png()
        .toBuffer()
    return {
      black: await plain(0),
      white: await plain(255),
      darker: await sharp(usual).linear(0.25, 0).png().toBuffer(),
      brighter: await sharp(usual).linear(0.3, 175).png().toBuffer(),
      blurred: await sharp(usual).blur(12).png().toBuffer(),
    }
  }

  it('judges no photograph that is black, white, darker, brighter or blurred, says why, and goes on by itself', async () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    const folder = cameraFolder()
    await drop(folder, 0, 2)
    startLive(session, { folder, run, results: null })
    const verdicts = () => {
      const { parts } = liveState(session)
      return Object.fromEntries(parts.map(({ file, verdict, reason }) => [file, { verdict, reason }]))
    }
    await expect
      .poll(() => Object.values(verdicts()).filter(({ verdict }) => verdict !== null).length, settled)
      .toBe(2)
    expect(Object.values(verdicts()).map(({ verdict }) => verdict)).not.toContain('refused')
    for (const [how, bytes] of Object.entries(await photographs(folder))) {
      const file = `wrong-${how}.png`
      writeFileSync(join(folder, file), bytes)
      await expect.poll(() => verdicts()[file]?.verdict, settled).toBe('refused')
      expect(verdicts()[file]?.reason).toEqual({ code: 'photograph-unlike', params: { case: how } })
      expect(failureOf({ code: 'photograph-unlike', params: { case: how } }).message).toMatch(
        /was not judged/,
      )
      expect(liveState(session).unlike?.params.case).toBe(how)
      expect(lineStateFrom(watchNotesOf(session, 'line'), true, () => false)).toBe('light-changed')
    }
    await drop(folder, 2, 3)
    await expect.poll(() => liveState(session).unlike, settled).toBeNull()
    const { job } = liveState(session)
    stopLive(session)
    await session.jobs.ended(job ?? '')
  })

  it('judges them where a person has switched that off', async () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    changeSetting(session.workspace.db, unlikeKey, false, 'Li Na')
    const folder = cameraFolder()
    await drop(folder, 0, 1)
    const { black } = await photographs(folder)
    writeFileSync(join(folder, 'black.png'), black ?? '')
    startLive(session, { folder, run, results: null })
    const judged = () => liveState(session).parts.filter(({ verdict }) => verdict !== null)
    await expect.poll(() => judged().length, settled).toBe(2)
    expect(judged().map(({ verdict }) => verdict)).not.toContain('refused')
    const { job } = liveState(session)
    stopLive(session)
    await session.jobs.ended(job ?? '')
  })
})

describe('what is usual', () => {
  it('says nothing of too few photographs, and of the good ones themselves nothing wrong', async () => {
    const session = sessionOn(await lineWorkspace({}))
    const { db } = session.workspace
    const [{ id: datasetId } = { id: '' }] = db.all(z.object({ id: z.string() }), 'SELECT id FROM dataset')
    const usual = usualLight(db, datasetId)
    if (usual === null) throw new RangeError('there are too few photographs')
    const good = db.all(z.object({ id: z.int() }), "SELECT id FROM image WHERE label = 'normal'")
    expect(good.length).toBeGreaterThan(10)
    expect(good.map(({ id }) => unlikeness(db, datasetId, id, usual)).filter((why) => why !== null)).toEqual(
      [],
    )
    db.run("UPDATE image SET split = 'test' WHERE id > 7")
    expect(usualLight(db, datasetId)).toBeNull()
  })
})
