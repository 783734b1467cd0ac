/** A watched folder that a program of the administrator fills. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { setGrabber } from '../../../../src/main/features/grabbers/grabber-list.ts'
import { lineStateFrom } from '../../../../src/main/features/live/line-state.ts'
import { liveState, startLive } from '../../../../src/main/features/live/live.ts'
import { watchNotesOf } from '../../../../src/main/features/live/watch-notes.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { partPicture } from '../../engine/parts.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, ended, judged } from './camera.ts'

describeCompiled('a watched folder with a program that fills it', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })
  beforeEach(() => void vi.stubEnv('FANOSCOPE_STATE', join(temporaryFolder(), 'account', 'state.json')))
  afterEach(() => void vi.unstubAllEnvs())

  it('judges what it writes, says when it does not run, and ends it with the line', async () => {
    const { dir, told: run } = prepared()
    const folder = cameraFolder()
    const pictures = temporaryFolder()
    for (const number of [1, 2]) writeFileSync(join(pictures, `${number}.png`), await partPicture(number))
    const camera = join(pictures, 'camera.mjs')
    // It takes one photograph at each start, and is started again.
    writeFileSync(
      camera,
      `import { copyFileSync, existsSync } from 'node:fs'
      const [from, to] = process.argv.slice(2)
      const name = ['/1.png', '/2.png'].find((next) => !existsSync(to + next))
      if (name) copyFileSync(from + name, to + name)
      console.log('no more pictures')`,
    )
    await setGrabber({ folder, program: process.execPath, arguments: [camera, pictures, '{folder}'] })
    const session = sessionOn(dir)
    startLive(session, { folder, run, results: null })
    await judged(session, 2)
    await expect
      .poll(() => liveState(session).grabber, { timeout: 20_000, interval: 5 })
      .toMatchObject({
        program: process.execPath,
        failure: { code: 'grabber-ended', params: { code: '0', last: 'no more pictures' } },
      })
    expect(lineStateFrom(watchNotesOf(session, 'line'), true, () => false)).toBe('camera-away')
    await ended(session)
    expect(liveState(session)).toMatchObject({ arrived: 2, waiting: 0, refused: 0, grabber: null })
  })

  it('judges what comes in another way where the program cannot be started', async () => {
    const { dir, told: run } = prepared()
    const folder = cameraFolder()
    await setGrabber({ folder, program: join(folder, 'nothing'), arguments: [] })
    const session = sessionOn(dir)
    startLive(session, { folder, run, results: null })
    writeFileSync(join(folder, '1.png'), await partPicture(1))
    await judged(session, 1)
    await expect
      .poll(() => liveState(session).grabber?.failure, { timeout: 20_000 })
      .toMatchObject({ code: 'grabber-unstartable' })
    await ended(session)
  })
})
