import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { EngineImage, MetricPoint, TrainTask } from '../../../../src/main/engine/protocol.ts'
import { Cancelled, TaskControl } from '../../../../src/main/engine/task-control.ts'
import { backboneFile } from '../../../../src/main/model/backbones/backbone-files.ts'
import { listSystems, resolveConfig } from '../../../../src/main/model/catalog.ts'
import {
  imageScore,
  isScoreKind,
  memoryComponents,
  textureComponent,
} from '../../../../src/main/model/scores.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { once } from '../../../once.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { keptIn, score, train, writeParts } from '../parts.ts'

type Values = Record<string, string | number | boolean>

/** Twelve steps of each system on tiny networks, and what sets it apart. */
const tiny: Record<string, Values> = {
  dcgan: { ganSteps: 12 },
  wgan: { ganSteps: 12 },
  'wgan-gp': { ganSteps: 12 },
  anogan: { ganSteps: 12, searchSteps: 5 },
  ganomaly: { steps: 12, validateEvery: 4 },
  fanogan: { ganSteps: 6, encoderSteps: 6, validateEvery: 3 },
}
const names = Object.keys(tiny)
/** Tested in test/main/jobs/memory-system.test.ts. */
const trainsNoNetwork = 'memory'
const backbone = 'efficientnet-lite2'
/** Null where set-up could not fetch it; then no model has a memory. */
const backboneWeights = await backboneFile(backbone)
const restores = new Set(['anogan', 'ganomaly', 'fanogan'])

interface Options {
  images: EngineImage[]
  set?: Values
  seed?: number
  folder?: string
}

function taskOf(model: string, options: Options): TrainTask {
  const { images, set = {}, seed = 1, folder = join(temporaryFolder(), 'run') } = options
  const { config } = resolveConfig({
    model,
    preset: 'smoke',
    set: {
      width: 4,
      latent: 8,
      batch: 4,
      input: 'whole',
      flips: 'none',
      discriminatorSamples: 32,
      checkpointEvery: 5,
      previewEvery: 6,
      ...tiny[model],
      ...set,
    },
  })
  return {
    kind: 'train',
    task: 'training',
    run: 'r-1',
    folder,
    model,
    config,
    seed,
    resume: false,
    train: images.slice(0, 8),
    validation: images.slice(8, 12),
  }
}

const parts = (options?: Parameters<typeof writeParts>[2]): Promise<EngineImage[]> =>
  writeParts(temporaryFolder(), 14, options)

it('are all tested here', () => {
  expect(
    listSystems()
      .systems.map(({ name }) => name)
      .sort(),
  ).toEqual([...names, trainsNoNetwork].sort())
})

for (const model of names) {
  describeCompiled(model, () => {
    const shared = sharedFolder()
    /** A training of seed 1 that nothing disturbed. */
    const whole = once(async () => {
      const images = await writeParts(join(shared, 'parts'), 14)
      const task = taskOf(model, { images, folder: join(shared, 'run') })
      return { images, task, result: await train(task) }
    })

    it('trains the same twice with one seed and otherwise with another', async () => {
      const { images, result } = await whole()
      const digest = async (seed: number): Promise<string> =>
        (await train(taskOf(model, { images, seed }))).weightsSha256
      expect(await digest(1)).toBe(result.weightsSha256)
      expect(await digest(2)).not.toBe(result.weightsSha256)
    })

    it('ends as if it had not been stopped, wherever it was', async () => {
      const { images, result: wanted } = await whole()
      const random = createRandom(3, model)
      for (const moment of [12, 2 + random.int(9)]) {
        const task = taskOf(model, { images })
        const control = new TaskControl()
        const progress = (_: string, done: number): void => void (done === moment && control.cancel())
        await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
        const resumed = await train({ ...task, resume: true })
        expect({ ...resumed, seconds: 0 }, `stopped at ${moment}`).toEqual({ ...wanted, seconds: 0 })
      }
    })

    it('scores each image the same whatever is scored with it, with maps where it restores images', async () => {
      const { images, task } = await whole()
      const { rows } = await score(task.folder, images)
      expect(rows.map(({ map }) => map !== null)).toEqual(rows.map(() => restores.has(model)))
      const last = images.at(-1)
      if (!last) throw new RangeError('there are parts')
      expect((await score(task.folder, [last])).rows[0]).toEqual(rows.at(-1))
      expect(rows.every(({ components }) => components.every(Number.isFinite))).toBe(true)
    })

    it('is calibrated for each score that it lists, and these are all that its components allow', async () => {
      const { images } = await whole()
      const all = restores.has(model) ? { texture: true, whitened: true, relative: true } : {}
      const remembering = backboneWeights === null ? {} : { memory: true, backbone }
      const task = {
        ...taskOf(model, { images, set: { ...all, ...remembering } }),
        ...(backboneWeights === null ? {} : { backbone: { name: backbone, file: backboneWeights } }),
      }
      const { calibration, componentNames, expectedCriticValue, parts } = await train(task)
      // There are only four validation photographs: parts are known by those that were held out of learning too.
      const known = restores.has(model) ? [...memoryComponents, textureComponent] : []
      expect(Object.keys(parts ?? {})).toEqual(backboneWeights === null ? [] : known)
      const scores = listSystems().systems.find(({ name }) => name === model)?.scores ?? []
      const listed = scores.filter((name) => backboneWeights !== null || name !== 'memory')
      expect(Object.keys(calibration)).toEqual(listed)
      expect(Object.values(calibration).every((of) => of.length === 4)).toBe(true)
      const { rows } = await score(task.folder, images.slice(8, 12))
      const { k = 1, reduction = 'max' } = task.config
      if (typeof k !== 'number' || reduction !== 'max') throw new TypeError('as the smoke preset has them')
      for (const kind of listed.filter(isScoreKind)) {
        const options = { kind, k, reduction, latent: 8, expectedCriticValue, parts } as const
        const scores = rows.map(({ components }) => imageScore(components, componentNames, options))
        expect(
          scores.sort((a, b) => a - b),
          kind,
        ).toEqual(calibration[kind])
      }
    })

    it('works on tiles of color photographs', async () => {
      const images = await parts({ width: 70, height: 50, channels: 3 })
      const task = taskOf(model, { images, set: { input: 'tiles', channels: 3, flips: 'both' } })
      const { losses } = await train(task)
      expect(Object.values(losses).every(Number.isFinite)).toBe(true)
      const { rows } = await score(task.folder, images.slice(0, 2))
      expect(rows.map(({ tiles }) => tiles)).toEqual([6, 6])
      if (restores.has(model)) expect(rows[0]?.map).toMatchObject({ width: 70, height: 50 })
    })
  })
}

describeCompiled('residual blocks', () => {
  it.each(['wgan', 'wgan-gp', 'anogan', 'fanogan'])('train and score in %s', async (model) => {
    const images = await parts()
    const task = taskOf(model, { images, set: { blocks: 'resnet' } })
    const { losses } = await train(task)
    expect(Object.values(losses).every(Number.isFinite)).toBe(true)
    const { rows } = await score(task.folder, images.slice(8))
    expect(rows.every(({ components }) => components.every(Number.isFinite))).toBe(true)
  })
})

describeCompiled('wgan', () => {
  it('keeps every weight of the critic within the limit', async () => {
    const { readModel } = await import('../../../../src/main/model/model-file.ts')
    const task = taskOf('wgan', { images: await parts(), set: { clip: 0.02 } })
    await train(task)
    const { tensors } = await readModel(task.folder)
    const weights = Object.entries(tensors).filter(
      ([name]) => name.startsWith('critic/') && !/mean|variance/.test(name),
    )
    expect(weights.length).toBeGreaterThan(4)
    for (const [name, { data }] of weights) {
      expect(Math.max(...data.map(Math.abs)), name).toBeLessThanOrEqual(Math.fround(0.02))
    }
  })
})

describeCompiled('a critic that is warmed up', () => {
  it('is another one, and a stop before the first step changes nothing', async () => {
    const images = await parts()
    const cold = await train(taskOf('wgan-gp', { images }))
    const warm = await train(taskOf('wgan-gp', { images, set: { criticWarmUp: 5 } }))
    expect(warm.weightsSha256).not.toBe(cold.weightsSha256)
    const task = taskOf('wgan-gp', { images, set: { criticWarmUp: 5 } })
    const control = new TaskControl()
    control.cancel()
    await expect(train(task, { control })).rejects.toThrow(Cancelled)
    expect((await train({ ...task, resume: true })).weightsSha256).toBe(warm.weightsSha256)
  })
})

describeCompiled('anogan', () => {
  it('finds closer images the longer it searches, and tells what an image costs', async () => {
    const images = await parts()
    const said: string[] = []
    const residuals: number[] = []
    for (const searchSteps of [1, 20, 80]) {
      const task = taskOf('anogan', { images, set: { ganSteps: 60, searchSteps, searchLearningRate: 0.05 } })
      await train(task, { log: keptIn(said) })
      const { rows } = await score(task.folder, images.slice(8))
      residuals.push(rows.reduce((sum, row) => sum + row.score, 0) / rows.length)
    }
    expect(residuals).toEqual([...residuals].sort((a, b) => b - a))
    expect(said.at(-1)).toMatch(/^An image takes .* seconds: a search of 80 steps/)
  })

  it.each(['adam', 'gradient-descent'])('searches by %s', async (searchOptimizer) => {
    const images = await parts()
    const task = taskOf('anogan', {
      images,
      set: { searchOptimizer, searchLearningRate: 1e-3, gan: 'wgan-gp' },
    })
    await train(task)
    const { rows } = await score(task.folder, images.slice(8))
    expect(rows.every((row) => Number.isFinite(row.score))).toBe(true)
  })
})

describeCompiled('ganomaly', () => {
  it('starts its discriminator anew when that tells everything apart, and resumes to the same weights', async () => {
    const images = await parts()
    // A generator that learns nothing of images loses soon.
    const set = { steps: 40, adversarialWeight: 0, contextWeight: 0, learningRate: 0.1 }
    const said: string[] = []
    const wanted = await train(taskOf('ganomaly', { images, set }), {
      log: keptIn(said),
    })
    expect(said.filter((message) => message.includes('starts anew')).length).toBeGreaterThan(0)
    const task = taskOf('ganomaly', { images, set })
    const control = new TaskControl()
    const progress = (_: string, done: number): void => void (done === 30 && control.cancel())
    await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
    expect((await train({ ...task, resume: true })).weightsSha256).toBe(wanted.weightsSha256)
  })

  it('keeps the networks with the lowest loss on the validation images', async () => {
    const points: MetricPoint[] = []
    const task = taskOf('ganomaly', { images: await parts(), set: { learningRate: 0.02 } })
    const { chosen } = await train(task, { points: (more) => points.push(...more) })
    const validated = points.filter(({ name }) => name === 'validation')
    expect(validated.map(({ step }) => step)).toEqual([4, 8, 12])
    const best = validated.reduce((a, b) => (b.value < a.value ? b : a))
    expect(chosen).toMatchObject({ step: best.step, value: best.value })
  })

  it('ends early where it was told to be patient for a time, and the same after a stop', async () => {
    const images = await parts()
    const set = { steps: 400, validateEvery: 4, patience: 2, learningRate: 0.1 }
    const wanted = await train(taskOf('ganomaly', { images, set }))
    expect(wanted.steps).toBeLessThan(400)
    expect(wanted.steps).toBe((wanted.chosen?.step ?? 0) + 8)
    const task = taskOf('ganomaly', { images, set })
    const control = new TaskControl()
    const progress = (_: string, done: number): void => void (done === wanted.steps - 1 && control.cancel())
    await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
    const resumed = await train({ ...task, resume: true })
    expect({ ...resumed, seconds: 0 }).toEqual({ ...wanted, seconds: 0 })
  })

  it('has extra layers where it is asked to', async () => {
    const images = await parts()
    const digests = [0, 1, 2].map(
      async (extraLayers) =>
        (await train(taskOf('ganomaly', { images, set: { extraLayers } }))).weightsSha256,
    )
    expect(new Set(await Promise.all(digests)).size).toBe(3)
  })
})

describeCompiled('the choice of a generator', () => {
  const validated = (points: MetricPoint[]): MetricPoint[] =>
    points.filter(({ phase, name }) => phase === 'gan' && name === 'validation')

  it.each(['wgan', 'wgan-gp', 'dcgan', 'anogan'])(
    'of %s keeps the weights of the lowest distance, as if the training had ended there',
    async (model) => {
      const images = await parts()
      const points: MetricPoint[] = []
      const said: string[] = []
      const set = { ganSteps: 12, ganValidateEvery: 3, learningRate: 0.02 }
      const { chosen, weightsSha256 } = await train(taskOf(model, { images, set }), {
        points: (more) => points.push(...more),
        log: keptIn(said),
      })
      expect(validated(points).map(({ step }) => step)).toEqual([3, 6, 9, 12])
      const best = validated(points).reduce((a, b) => (b.value < a.value ? b : a))
      expect(chosen).toMatchObject({ step: best.step, value: best.value })
      expect(said.join()).toContain(
        `Of the 12 steps of stage "gan" the weights of step ${best.step} are kept`,
      )
      const short = { ...set, ganSteps: best.step, ganValidateEvery: 0 }
      expect((await train(taskOf(model, { images, set: short }))).weightsSha256).toBe(weightsSha256)
    },
  )

  it('is that of stage 1 of fanogan, and its encoder is trained on what was chosen', async () => {
    const images = await parts()
    const points: MetricPoint[] = []
    const set = { ganSteps: 12, ganValidateEvery: 3, ganPatience: 1, learningRate: 0.05 }
    const { weightsSha256 } = await train(taskOf('fanogan', { images, set }), {
      points: (more) => points.push(...more),
    })
    const found = validated(points)
    const best = found.reduce((a, b) => (b.value < a.value ? b : a))
    // One look without a better one ends the stage.
    expect(found.at(-1)?.step).toBe(Math.min(12, best.step + 3))
    const plain = await train(taskOf('fanogan', { images, set: { ...set, ganValidateEvery: 0 } }))
    expect(plain.weightsSha256 === weightsSha256).toBe(best.step === 12)
  })

  it('and an early end are the same after a stop, wherever that was', async () => {
    const images = await parts()
    const set = { ganSteps: 60, ganValidateEvery: 3, ganPatience: 2, learningRate: 0.05 }
    const wanted = await train(taskOf('wgan-gp', { images, set }))
    expect(wanted.steps).toBe((wanted.chosen?.step ?? 0) + 6)
    for (const stop of [2, wanted.steps - 1]) {
      const task = taskOf('wgan-gp', { images, set })
      const control = new TaskControl()
      const progress = (_: string, done: number): void => void (done === stop && control.cancel())
      await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
      const resumed = await train({ ...task, resume: true })
      expect({ ...resumed, seconds: 0 }).toEqual({ ...wanted, seconds: 0 })
    }
  })

  it('is by training images where there are no validation images', async () => {
    const images = await parts()
    const set = { ganSteps: 6, ganValidateEvery: 3 }
    const task = { ...taskOf('wgan', { images, set }), validation: [] }
    const { chosen } = await train(task)
    expect(chosen?.value).toBeGreaterThan(0)
  })
})
