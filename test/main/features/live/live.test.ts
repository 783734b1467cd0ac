/** A watched folder with the real engine. */

import { existsSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  behindBy,
  liveState,
  resumeLive,
  startLive,
  stopLive,
} from '../../../../src/main/features/live/live.ts'
import { settingsInUse } from '../../../../src/main/features/runs/score-settings.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { decodeImage } from '../../../../src/main/images/decode.ts'
import { createEventHub } from '../../../../src/main/platform/events.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { addPart } from '../../../../src/main/store/live.ts'
import { savePoint } from '../../../../src/main/store/operating-points.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { keepSampleRange } from '../../../../src/main/store/sample-ranges.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { unlikeKey } from '../../../../src/shared/live.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { writtenTiff } from '../../images/written-tiff.ts'
import { preparedWorkspace, sessionOn, watchedEngine } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { noFigures } from '../thresholds/no-figures.ts'
import { bitmapPart } from './bitmap.ts'
import { cameraFolder, drop, ended, judged, lines, names } from './camera.ts'

describeCompiled('a watched folder', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })
  const trained = () => {
    const { dir, told: run } = prepared()
    return { dir, run, folder: cameraFolder() }
  }

  it('judges each part that comes, and writes a line for it', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    startLive(session, { folder, run, results: null })
    await drop(folder, 0, 6)
    writeFileSync(join(folder, 'broken.png'), 'no photograph')
    await judged(session, 7)
    await ended(session)
    const state = liveState(session)
    expect(state).toMatchObject({ arrived: 7, waiting: 0, refused: 1, job: null })
    expect(state.good + state.flagged).toBe(6)
    const { db } = session.workspace
    const images = listImages(db, { datasetId: state.watch?.datasetId ?? '' })
    expect(images.map(({ split }) => split)).toEqual(Array.from({ length: 6 }, () => 'live'))
    expect((await lines(session)).sort()).toEqual([...names(6), 'broken.png'].sort())
    for (const part of state.parts.filter(({ verdict }) => verdict === 'flagged')) {
      expect(existsSync(join(state.watch?.resultFolder ?? '', 'flagged', part.file))).toBe(true)
    }
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
  })

  it('reads photographs of floating point in the range confirmed for the dataset of the run', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    const { db, blobs } = session.workspace
    // What these pictures show is no part of this line.
    changeSetting(db, unlikeKey, false, null)
    keepSampleRange(db, findRun(db, run).datasetId, { low: 2, high: 4 })
    const values = Float32Array.from({ length: 32 * 32 }, (_, i) => 2 + (2 * i) / 1023)
    // Three pixels that are brighter than what was confirmed as white.
    values.fill(9, 0, 3)
    const strips = [new Uint8Array(values.buffer)]
    const page = { width: 32, height: 32, bits: 32, strips, fields: [{ tag: 339, values: [3] }] }
    startLive(session, { folder, run, results: null })
    writeFileSync(join(folder, 'part.tif'), writtenTiff([page]))
    await judged(session, 1)
    await ended(session)
    expect(liveState(session)).toMatchObject({ arrived: 1, refused: 0 })
    const [image] = listImages(db, { datasetId: liveState(session).watch?.datasetId ?? '' })
    if (!image) throw new RangeError('the part was not stored')
    expect(image.warnings.map(({ code }) => code)).toEqual(['sample-range', 'sample-range-outside'])
    const { data } = await decodeImage(blobs.path(image.sha256, image.format))
    const expected = [65_535, 65_535, 65_535, ...Array.from(values.slice(3), (v) => ((v - 2) / 2) * 65_535)]
    expect(Math.max(...expected.map((value, i) => Math.abs(value - (data[i] ?? -1))))).toBeLessThanOrEqual(1)
  })

  it('refuses photographs of floating point where no range was confirmed, and says so', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    const strips = [new Uint8Array(new Float32Array(32 * 32).buffer)]
    const page = { width: 32, height: 32, bits: 32, strips, fields: [{ tag: 339, values: [3] }] }
    startLive(session, { folder, run, results: null })
    writeFileSync(join(folder, 'part.tif'), writtenTiff([page]))
    await judged(session, 1)
    await ended(session)
    const { refused, parts } = liveState(session)
    expect(refused).toBe(1)
    expect(parts[0]?.reason).toMatchObject({ code: 'unsupported-type', params: { case: 'samples-float' } })
  })

  it('goes on after Fanoscope was closed in the middle: none twice, none left out', async () => {
    const { dir, run, folder } = trained()
    const first = sessionOn(dir)
    startLive(first, { folder, run, results: null })
    await drop(folder, 0, 8)
    await judged(first, 2)
    await first.close()
    await drop(folder, 8, 12)

    const second = sessionOn(dir)
    resumeLive(second)
    await judged(second, 12)
    await ended(second)
    expect((await lines(second)).sort()).toEqual(names(12))
    expect(liveState(second)).toMatchObject({ arrived: 12, waiting: 0 })
    const third = await second.close().then(() => sessionOn(dir))
    resumeLive(third)
    expect(liveState(third).job).toBeNull()
  })

  it('flags a part only for a region as large as the operating point asks for', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    const { db } = session.workspace
    // Every score is above it, so the regions alone decide.
    const set = (leastArea: number): void => {
      savePoint(db, {
        ...settingsInUse(db, findRun(db, run)),
        run,
        name: 'regions',
        threshold: -1e9,
        regions: { leastArea, leastStrength: 1e-6 },
        target: null,
        interval: null,
        validation: { normal: 0, anomalous: 0, hash: '0'.repeat(64) },
        figures: noFigures,
        operator: 'Li Na',
        reason: 'Small marks are allowed.',
      })
    }
    const verdictsOf = async (from: number, to: number): Promise<string[]> => {
      startLive(session, { folder, run, results: null })
      await drop(folder, from, to)
      await judged(session, to)
      const { job, parts } = liveState(session)
      stopLive(session)
      await session.jobs.ended(job ?? '')
      return parts.slice(0, to - from).map(({ verdict }) => verdict ?? 'none')
    }
    set(1_000_000)
    expect(await verdictsOf(0, 3)).toEqual(['good', 'good', 'good'])
    set(1)
    expect(await verdictsOf(3, 6)).toEqual(['flagged', 'flagged', 'flagged'])
  })

  it('goes on after the engine was killed', async () => {
    const { dir, run, folder } = trained()
    let kills = 0
    const events = createEventHub()
    const session = sessionOn(
      dir,
      watchedEngine((type, channel) => {
        if (type !== 'scored' || kills > 0) return
        kills += 1
        channel.kill()
      }),
      events,
    )
    startLive(session, { folder, run, results: null })
    await drop(folder, 0, 10)
    await judged(session, 10)
    expect(kills).toBe(1)
    await ended(session)
    expect((await lines(session)).sort()).toEqual(names(10))
  })

  it('judges a name again each time it is written over, and keeps the picture of each flagged part', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    const { db } = session.workspace
    changeSetting(db, unlikeKey, false, null)
    const always = { ...settingsInUse(db, findRun(db, run)), threshold: -1e9, regions: null }
    savePoint(db, {
      ...always,
      run,
      name: 'all',
      target: null,
      interval: null,
      validation: { normal: 0, anomalous: 0, hash: '0'.repeat(64) },
      figures: noFigures,
      operator: 'Li Na',
      reason: 'Every part is to be seen.',
    })
    startLive(session, { folder, run, results: null })
    const pictures: Buffer[] = []
    for (let i = 0; i < 4; i++) {
      const picture = bitmapPart(i)
      pictures.push(picture)
      const file = join(folder, `cam_${i % 2}.bmp`)
      writeFileSync(file, picture)
      utimesSync(file, 1_700_000_000, 1_700_000_000)
      await judged(session, i + 1)
    }
    await ended(session)
    const { watch, parts } = liveState(session)
    expect((await lines(session)).sort()).toEqual(['cam_0.bmp', 'cam_0.bmp', 'cam_1.bmp', 'cam_1.bmp'])
    const [first, second, third, fourth] = parts.map(({ id }) => id).sort((a, b) => a - b)
    const kept = ['cam_0.bmp', 'cam_1.bmp', `cam_0.${third}.bmp`, `cam_1.${fourth}.bmp`]
    expect([first, second]).not.toContain(undefined)
    for (const [i, name] of kept.entries()) {
      expect(readFileSync(join(watch?.resultFolder ?? '', 'flagged', name))).toEqual(pictures[i])
      const heat = name.replace('.bmp', '.heat.png')
      expect(existsSync(join(watch?.resultFolder ?? '', 'flagged', heat))).toBe(true)
    }
    // Nothing of this is judged once more after the next start.
    startLive(session, { folder, run, results: null })
    writeFileSync(join(folder, 'last.bmp'), bitmapPart(9))
    await judged(session, 5)
    expect(liveState(session).arrived).toBe(5)
    await ended(session)
  })

  it('refuses a part whose file was taken away before Fanoscope could read it', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    startLive(session, { folder, run, results: null })
    const { watch } = liveState(session)
    addPart(session.workspace.db, watch?.id ?? '', { file: 'gone.png', bytes: 5, modifiedAt: 1 })
    await drop(folder, 0, 1)
    await judged(session, 2)
    await ended(session)
    const [refused] = liveState(session).parts.filter(({ file }) => file === 'gone.png')
    expect(refused).toMatchObject({
      verdict: 'refused',
      reason: { code: 'unreadable', params: { case: 'gone' } },
    })
  })

  it('that is not there is an error that names it', async () => {
    const { dir, run, folder } = trained()
    const absent = join(folder, 'absent')
    const start = () => startLive(sessionOn(dir), { folder: absent, run, results: null })
    expect(start).toThrow(
      expect.objectContaining({ code: 'folder-unreadable', message: expect.stringContaining(absent) }),
    )
  })

  it('that is not there when Fanoscope starts again is watched as soon as it is', async () => {
    const { dir, run, folder } = trained()
    const first = sessionOn(dir)
    startLive(first, { folder, run, results: null })
    await drop(folder, 0, 1)
    await judged(first, 1)
    await first.close()
    renameSync(folder, `${folder} unplugged`)
    const second = sessionOn(dir)
    resumeLive(second)
    await expect.poll(() => liveState(second).problem).toContain(folder)
    renameSync(`${folder} unplugged`, folder)
    await drop(folder, 1, 2)
    await judged(second, 2)
    expect(liveState(second).problem).toBeNull()
    await ended(second)
    expect((await lines(second)).sort()).toEqual(names(2))
  })

  it('that writes its results into itself is refused', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    const start = () => startLive(session, { folder, run, results: join(folder, 'results') })
    expect(start).toThrow(expect.objectContaining({ code: 'result-folder-inside' }))
    expect(liveState(session).watch).toBeNull()
  })
})

describe('a line that is faster than the engine', () => {
  it('is told by how many parts, by how much work and at which pace', () => {
    const everyTenth = Array.from({ length: 50 }, (_, i) => 100_000 - i * 100)
    expect(behindBy(42, 7, everyTenth)).toEqual({ parts: 42, seconds: 6, arriving: 10 })
  })

  it('is not spoken of while hardly any part waits', () => {
    expect(behindBy(10, 7, [])).toBeNull()
  })

  it('has no pace before parts have come and been scored', () => {
    expect(behindBy(11, null, [5])).toEqual({ parts: 11, seconds: null, arriving: null })
  })
})
