/**
 * Measures how many photographs a second a watched folder keeps up with, from the file to the line in
 * `results.csv`: taken in, scored in tiles, map and reconstruction written, judged.
 *
 *     node bench/live.ts [--side 512] [--photographs 120] [--preset smoke] [--overlap 0.25] [--texture on|off]
 *     node bench/live.ts --system memory --preset quick [--side 512] [--photographs 120]
 *
 * `memory` looks at whole photographs. Without --overlap and --texture, as the preset has them: smoke is without texture, which others have on for
 * surfaces. A model is trained on the sample line first. Prints one JSON document.
 */

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { sessionHooks } from '../src/main/app/session-hooks.ts'
import { launchStandardEngine } from '../src/main/engine-host/standard-engine.ts'
import { importFolder } from '../src/main/features/import/import-folder.ts'
import { liveState, startLive, stopLive } from '../src/main/features/live/live.ts'
import { writeSampleLine } from '../src/main/features/sample/write.ts'
import { startTraining } from '../src/main/features/training/training.ts'
import { createEventHub } from '../src/main/platform/events.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { openSession } from '../src/main/session/session.ts'
import { findRun } from '../src/main/store/runs.ts'

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '512' },
    photographs: { type: 'string', default: '120' },
    preset: { type: 'string', default: 'smoke' },
    system: { type: 'string', default: 'fanogan' },
    overlap: { type: 'string' },
    texture: { type: 'string' },
  },
})
const side = Number(values.side)
const count = Number(values.photographs)

/** Photographs as a camera gives them: a surface with noise, no two the same. */
async function photograph(seed: number): Promise<Buffer> {
  const random = createRandom(seed, 'live')
  const samples = new Uint8Array(side * side)
  for (let i = 0; i < samples.length; i++) {
    samples[i] = 110 + 40 * Math.sin((i % side) / 40) + random.int(12)
  }
  const picture = sharp(samples, { raw: { width: side, height: side, channels: 1 } })
  return picture.toColourspace('b-w').png({ compressionLevel: 3 }).toBuffer()
}

const root = mkdtempSync(join(tmpdir(), 'fanoscope-live-'))
try {
  const events = createEventHub()
  const session = openSession({
    dir: join(root, 'workspace'),
    create: true,
    hooks: sessionHooks,
    launchEngine: launchStandardEngine,
    events,
  })
  const sample = join(root, 'sample')
  await writeSampleLine(sample, { seed: 1 })
  await importFolder(session.workspace, { folder: sample, dataset: 'sample' })
  const set = {
    // Parts that are all of one size would be looked at as a whole.
    ...(values.system === 'memory' ? {} : { input: 'tiles' }),
    ...(values.overlap === undefined ? {} : { overlap: Number(values.overlap) }),
    ...(values.texture === undefined
      ? {}
      : values.texture === 'on'
        ? { texture: true, score: 'texture', map: 'texture' }
        : { texture: false, score: 'izif', map: 'residual' }),
  }
  const { job, run } = await startTraining(session, {
    dataset: 'sample',
    model: values.system,
    preset: values.preset,
    seed: 1,
    set,
  })
  await session.jobs.ended(job)
  const folder = join(root, 'camera')
  const waiting = join(root, 'waiting')
  mkdirSync(folder)
  mkdirSync(waiting)
  for (let i = 0; i < count; i++) writeFileSync(join(waiting, `${i}.png`), await photograph(i))

  startLive(session, { folder, run, results: null })
  const warm = Math.min(8, count - 1)
  const judged = (wanted: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const { arrived, waiting: open } = liveState(session)
        if (arrived - open >= wanted) {
          stop()
          resolve()
        }
      }
      const stop = events.on('live.judged', look)
      look()
    })
  // The model is loaded and warm before the clock starts.
  for (let i = 0; i < warm; i++) renameSync(join(waiting, `${i}.png`), join(folder, `${i}.png`))
  await judged(warm)
  const started = performance.now()
  for (let i = warm; i < count; i++) renameSync(join(waiting, `${i}.png`), join(folder, `${i}.png`))
  await judged(count)
  const seconds = (performance.now() - started) / 1000
  const perSecond = (count - warm) / seconds
  const liveJob = liveState(session).job ?? ''
  stopLive(session)
  await session.jobs.ended(liveJob)
  const { config } = findRun(session.workspace.db, run)
  await session.close()
  const wanted = 10
  process.stdout.write(
    `${JSON.stringify({
      side,
      photographs: count - warm,
      system: values.system,
      preset: values.preset,
      config,
      seconds,
      perSecond,
      wanted,
      /** Of ten a second that come, so many wait longer and longer. */
      behindPerSecond: Math.max(0, wanted - perSecond),
    })}\n`,
  )
} finally {
  rmSync(root, { recursive: true, force: true })
}
