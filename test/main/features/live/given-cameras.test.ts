/** The program of the given cases that writes parts as cameras do, in those of its ways that take no minutes. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { liveState, startLive } from '../../../../src/main/features/live/live.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, ended, judged, lines } from './camera.ts'

const writer = resolve(import.meta.dirname, '../../../../../shared/data/cases/48-live-writers/writer.py')
const python = process.platform === 'win32' ? 'python' : 'python3'
const isWriterAbsent = !existsSync(writer)
const isNumPyAbsent = spawnSync(python, ['-c', 'import numpy, PIL']).status !== 0

describe.skipIf(isWriterAbsent || isNumPyAbsent)('a given camera', () => {
  describeCompiled('whose parts are judged', () => {
    const prepared = preparedWorkspace(async (session) => {
      const { job, run } = await startTraining(session, tinyTraining({}))
      await session.jobs.ended(job)
      return run
    })

    it.each(['old-times', 'burst'])('each once, where it writes in the way %s', async (mode) => {
      const { dir, told: run } = prepared()
      const session = sessionOn(dir)
      const folder = cameraFolder()
      startLive(session, { folder, run, results: null })
      const { stdout } = spawnSync(python, [writer, folder, mode], { encoding: 'utf8' })
      const written = stdout.trim().split('\n').slice(1).sort()
      await judged(session, written.length)
      await ended(session)
      expect((await lines(session)).sort()).toEqual(written)
      expect(liveState(session).refused).toBe(0)
    })
  })
})
