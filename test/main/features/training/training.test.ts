import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { EngineImage } from '../../../../src/main/engine/protocol.ts'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { readTrainingList } from '../../../../src/main/features/runs/training-images.ts'
import {
  resumeTraining,
  startTraining,
  type TrainingRequest,
} from '../../../../src/main/features/training/training.ts'
import { trainingOutlook } from '../../../../src/main/features/training/training-outlook.ts'
import { createVersion, retrainingOf } from '../../../../src/main/store/dataset-versions.ts'
import { findDataset, setHasDirection } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { findRun, listRuns } from '../../../../src/main/store/runs.ts'
import { failureOf } from '../../../../src/shared/failure.ts'
import type { Image } from '../../../../src/shared/image.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { numbered, writeFolder } from '../import/photographs.ts'
import { lineWorkspace, sessionOn, writeLine } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

/** The images of the dataset that a test names. */
function imagesOf(session: ReturnType<typeof sessionOn>, keep: (image: Image) => boolean): Image[] {
  const { db } = session.workspace
  return listImages(db, { datasetId: findDataset(db, 'parts').id }).filter(keep)
}

/** Files of images, as an engine is told of them. */
const filesOf = (session: ReturnType<typeof sessionOn>, images: Image[]): string[] =>
  images.map(({ sha256, format }) => session.workspace.blobs.path(sha256, format)).sort()

const named = (images: EngineImage[]): string[] => images.map(({ file }) => file).sort()

describe('what an engine is given to train on', () => {
  it('are the normal images of the training split and of the validation split, and no test image', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace({ good: 20, test: 10 }), engine.launch)
    await startTraining(session, tinyTraining())
    await expect.poll(() => engine.tasks).toHaveLength(1)
    const [task] = engine.tasks
    if (task?.kind !== 'train') throw new TypeError('not a training')
    const of = (split: string) =>
      filesOf(
        session,
        imagesOf(session, (image) => image.split === split && image.label === 'normal'),
      )
    expect(named(task.train)).toEqual(of('train'))
    expect(named(task.validation)).toEqual(of('validation'))
    // Nowhere in the whole message stands a file of the test split, or one that is not normal.
    const text = JSON.stringify(task)
    const others = imagesOf(session, ({ split, label }) => split === 'test' || label !== 'normal')
    expect(others).toHaveLength(10)
    for (const { sha256 } of others) expect(text).not.toContain(sha256)
  })

  it('are the same when the run is resumed, whatever was imported in between', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    const { job, run } = await startTraining(session, tinyTraining())
    await expect.poll(() => engine.tasks).toHaveLength(1)
    engine.exits(null, 'SIGKILL')
    await session.jobs.ended(job)
    const more = await writeFolder(temporaryFolder(), numbered('train/good', 9, 500))
    await importFolder(session.workspace, { folder: more, dataset: 'parts', layout: 'mvtec' })
    resumeTraining(session, run)
    await expect.poll(() => engine.tasks).toHaveLength(2)
    const [first, second] = engine.tasks
    expect({ ...second, task: '' }).toEqual({ ...first, task: '', resume: true })
  })

  it('is refused when an image has become a test image since, and the run says so', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    const { job, run } = await startTraining(session, tinyTraining())
    await expect.poll(() => engine.tasks).toHaveLength(1)
    engine.exits(null, 'SIGKILL')
    await session.jobs.ended(job)
    session.workspace.db.run(
      `UPDATE image SET split = 'test' WHERE id = (SELECT min(id) FROM image WHERE split = 'train')`,
      {},
    )
    const again = await session.jobs.ended(resumeTraining(session, run).job)
    expect(again).toMatchObject({ state: 'failed', failure: { code: 'training-images-changed' } })
    const { state, failure } = findRun(session.workspace.db, run)
    expect(state).toBe('failed')
    expect(failure?.code).toBe('training-images-changed')
    expect(failure === null ? '' : failureOf(failure).remedy).toContain('new training')
    expect(engine.tasks).toHaveLength(1)
  })

  it('learns from the version that it is given, and from the validation images of the dataset', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    const { db } = session.workspace
    const dataset = findDataset(db, 'parts').id
    const images = imagesOf(session, ({ split, label }) => split === 'train' && label === 'normal')
    const version = createVersion(db, {
      datasetId: dataset,
      parentId: null,
      operatorId: null,
      reason: 'without the first',
      images: images.slice(1),
    })
    const plain = trainingOutlook(session.workspace, { hasGpu: false, backbone: null }, tinyTraining())
    const ofVersion = { ...tinyTraining(), version: version.number }
    const outlook = trainingOutlook(session.workspace, { hasGpu: false, backbone: null }, ofVersion)
    expect(outlook.counts).toEqual({ ...plain.counts, train: images.length - 1 })
    const { run } = await startTraining(session, ofVersion)
    const list = await readTrainingList(session.workspace, findRun(db, run))
    expect(list.version).toBe(version.id)
    expect(list.train.map(({ id }) => id)).toEqual(images.slice(1).map(({ id }) => id))
    expect(list.validation).toHaveLength(plain.counts.validation)
    expect(retrainingOf(db, run)).toEqual({ version, start: 'beginning' })
    await expect(startTraining(session, { ...tinyTraining(), version: 9 })).rejects.toMatchObject({
      code: 'version-unknown',
    })
  })

  it('is not mirrored where the part has a direction', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace({ part: { width: 40, height: 32 } }), engine.launch)
    const { db } = session.workspace
    const { flips: _, input: __, ...set } = tinyTraining().set
    const flipsOf = async (values: Record<string, string | number | boolean>) => {
      const { run } = await startTraining(session, { ...tinyTraining(), set: values })
      return z.object({ flips: z.string() }).parse(findRun(db, run).config).flips
    }
    // Photographs of several sizes are pieces of a surface.
    await importFolder(session.workspace, {
      folder: await writeLine(temporaryFolder(), { good: 3, test: 0, part: { width: 64, height: 50 } }),
      dataset: 'parts',
    })
    expect(await flipsOf(set)).toBe('both')
    setHasDirection(db, findDataset(db, 'parts').id, true)
    expect(await flipsOf(set)).toBe('none')
  })
})

describeCompiled('a training by the real engine', () => {
  it('succeeds, and comes to the same, where every test image has gone', async () => {
    const session = sessionOn(await lineWorkspace({ good: 14, test: 8 }))
    const { db } = session.workspace
    const first = await startTraining(session, tinyTraining())
    await session.jobs.ended(first.job)
    const tests = filesOf(
      session,
      imagesOf(session, ({ split }) => split === 'test'),
    )
    expect(tests).toHaveLength(8)
    for (const file of tests) rmSync(file)
    const second = await startTraining(session, tinyTraining())
    expect((await session.jobs.ended(second.job)).state).toBe('done')
    const [a, b] = [findRun(db, first.run), findRun(db, second.run)]
    expect({ ...b.result, seconds: 0, times: null }).toEqual({ ...a.result, seconds: 0, times: null })
    expect(b.calibration).toEqual(a.calibration)
  })
})

describe('a training that cannot begin', () => {
  const refused = async (session: ReturnType<typeof sessionOn>, change: Partial<TrainingRequest>) => {
    const { db } = session.workspace
    const before = listRuns(db).length
    const attempt = startTraining(session, { ...tinyTraining(), ...change })
    const failure = await attempt.then(
      () => null,
      (error: unknown) => error,
    )
    expect(listRuns(db)).toHaveLength(before)
    expect(session.jobs.list({ active: false })).toEqual([])
    return failure
  }

  it('says why by a code, with what to do, and makes nothing', async () => {
    const session = sessionOn(await lineWorkspace(), playedEngine().launch)
    expect(await refused(session, { dataset: 'none' })).toMatchObject({ code: 'dataset-unknown' })
    expect(await refused(session, { model: 'gan' })).toMatchObject({
      code: 'unknown-model',
      remedy: expect.stringContaining('fanogan'),
    })
    expect(await refused(session, { preset: 'huge' })).toMatchObject({
      code: 'unknown-preset',
      remedy: expect.stringContaining('smoke'),
    })
    expect(await refused(session, { set: { latent: -1 } })).toMatchObject({
      code: 'bad-parameter',
      message: expect.stringContaining('latent'),
    })
    expect(await refused(session, { set: { latnet: 4 } })).toMatchObject({
      code: 'bad-parameter',
      message: expect.stringContaining('latnet'),
    })
  })

  it('needs as many normal images as a batch takes', async () => {
    const session = sessionOn(await lineWorkspace({ good: 8 }), playedEngine().launch)
    expect(await refused(session, { set: { ...tinyTraining().set, batch: 32 } })).toMatchObject({
      code: 'dataset-too-small',
      remedy: expect.stringMatching(/more good parts.*batch=/),
    })
  })

  it('needs normal images at all', async () => {
    const session = sessionOn(join(temporaryFolder(), 'workspace'), playedEngine().launch)
    const folder = await writeFolder(temporaryFolder(), numbered('bad', 5))
    await importFolder(session.workspace, { folder, dataset: 'parts' })
    expect(await refused(session, {})).toMatchObject({
      code: 'no-normal-images',
      message: expect.stringContaining('5 images'),
      remedy: expect.stringContaining('good'),
    })
  })

  it('needs the originals of its images', async () => {
    const session = sessionOn(await lineWorkspace(), playedEngine().launch)
    const [image, ...others] = imagesOf(
      session,
      ({ split, label }) => split === 'train' && label === 'normal',
    )
    rmSync(session.workspace.blobs.path(image?.sha256 ?? '', image?.format ?? 'png'))
    expect(others.length).toBeGreaterThan(0)
    expect(await refused(session, {})).toMatchObject({
      code: 'images-missing',
      message: expect.stringContaining(image?.file ?? 'a file'),
      remedy: expect.stringContaining('verify'),
    })
  })

  it('warns of few validation images, and of none', async () => {
    const session = sessionOn(await lineWorkspace(), playedEngine().launch)
    const { warnings } = await startTraining(session, tinyTraining())
    expect(warnings).toEqual([
      { code: 'few-photographs', params: { count: 12 } },
      { code: 'few-validation', params: { count: 2 } },
    ])
  })
})

describe('a training that cannot be resumed', () => {
  it('is unknown, at work, or finished', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    expect(() => resumeTraining(session, 'nothing')).toThrow(expect.objectContaining({ code: 'run-unknown' }))
    const { job, run } = await startTraining(session, tinyTraining())
    expect(() => resumeTraining(session, run)).toThrow(expect.objectContaining({ code: 'run-active' }))
    await expect.poll(() => engine.tasks).toHaveLength(1)
    engine.trains()
    await session.jobs.ended(job)
    expect(() => resumeTraining(session, run)).toThrow(expect.objectContaining({ code: 'run-trained' }))
  })

  it('has lost the list of its images', async () => {
    const engine = playedEngine()
    const session = sessionOn(await lineWorkspace(), engine.launch)
    const { job, run } = await startTraining(session, tinyTraining())
    await expect.poll(() => engine.tasks).toHaveLength(1)
    engine.exits(1, null)
    await session.jobs.ended(job)
    const folder = session.workspace.path(`runs/${run}`)
    expect(readdirSync(folder)).toEqual(['images.json'])
    rmSync(join(folder, 'images.json'))
    expect(await session.jobs.ended(resumeTraining(session, run).job)).toMatchObject({
      state: 'failed',
      failure: { code: 'run-incomplete' },
    })
    expect(existsSync(folder)).toBe(true)
  })
})
