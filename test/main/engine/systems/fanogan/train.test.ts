import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { EngineImage, MetricPoint, TrainTask } from '../../../../../src/main/engine/protocol.ts'
import { Cancelled, TaskControl } from '../../../../../src/main/engine/task-control.ts'
import { rateAt } from '../../../../../src/main/engine/training/rate.ts'
import { readModel } from '../../../../../src/main/model/model-file.ts'
import { createRandom } from '../../../../../src/main/platform/random.ts'
import { once } from '../../../../once.ts'
import { sharedFolder, temporaryFolder } from '../../../store/temporary-folder.ts'
import { describeCompiled } from '../../graph/native.ts'
import { keptIn, score, type TinyTask, train, trainingOf, writeParts } from '../../parts.ts'

interface Parts {
  train: EngineImage[]
  validation: EngineImage[]
}

const shared = sharedFolder()

/** Ten parts to train on and six to validate with. */
const tinyParts = once(async (): Promise<Parts> => {
  const images = await writeParts(join(shared, 'parts'), 16)
  return { train: images.slice(0, 10), validation: images.slice(10) }
})

/** A training of seed 1 on them that nothing disturbed, and what it told of itself. */
const whole = once(async () => {
  const parts = await tinyParts()
  const task = trainingOf({ folder: join(shared, 'run'), ...parts })
  const steps: number[] = []
  const previews: string[] = []
  const points: MetricPoint[] = []
  const result = await train(task, {
    progress: (phase, done) => void (phase !== 'calibrate' && steps.push(done)),
    preview: (name, file, step) => previews.push(`${name} ${file} ${step}`),
    points: (more) => points.push(...more),
  })
  return { parts, task, result, steps, previews, points }
})

const taskIn = (parts: Parts, options: Partial<TinyTask> = {}): TrainTask =>
  trainingOf({ folder: join(temporaryFolder(), 'run'), ...parts, ...options })

/** SHA-256 of each file below a run's folder, by name. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    files
      .map(({ name, parentPath }) => join(parentPath, name))
      .sort()
      .map((file) => [
        file.slice(folder.length),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]),
  )
}

/** Trains until `reached` says so, and cancels there; answers at which step it stopped. */
async function trainUntil(
  task: TrainTask,
  reached: (phase: string, done: number) => boolean,
): Promise<number | null> {
  const control = new TaskControl()
  const progress = (phase: string, done: number): void => {
    if (reached(phase, done)) control.cancel()
  }
  try {
    await train(task, { control, progress })
    return null
  } catch (error) {
    if (error instanceof Cancelled) return error.step
    throw error
  }
}

describeCompiled('two trainings', () => {
  it('with the same seed leave the same files, byte for byte, and the same scores and maps', async () => {
    const { parts, task: a, result } = await whole()
    const b = taskIn(parts)
    const results = [result, await train(b)]
    expect(results[0]?.weightsSha256).toBe(results[1]?.weightsSha256)
    expect({ ...results[0], seconds: 0 }).toEqual({ ...results[1], seconds: 0 })
    const [first, second] = [await score(a.folder, parts.validation), await score(b.folder, parts.validation)]
    expect(first.rows).toEqual(second.rows)
    // A checkpoint also holds the seconds that its training took.
    const comparable = ({ folder }: TrainTask) =>
      Object.entries(filesOf(folder)).filter(([name]) => !name.includes('checkpoints'))
    expect(comparable(a).map(([name]) => name)).toContain('/maps/11.png')
    expect(comparable(a)).toEqual(comparable(b))
  })

  it('with different seeds differ', async () => {
    const { parts, result } = await whole()
    const digests = [2, 3].map(async (seed) => (await train(taskIn(parts, { seed }))).weightsSha256)
    expect(new Set([result.weightsSha256, ...(await Promise.all(digests))]).size).toBe(3)
  })
})

describeCompiled('a training that was stopped', () => {
  it('at ten moments of its two stages and resumed ends as one that was not', async () => {
    const { parts, task: undisturbed, result: wanted } = await whole()
    const random = createRandom(5)
    const moments = [0, 12, 13, 24, ...Array.from({ length: 6 }, () => 1 + random.int(23))]
    for (const moment of moments) {
      const task = taskIn(parts)
      const control = new TaskControl()
      if (moment === 0) control.cancel()
      const progress = (_: string, done: number): void => {
        if (done === moment) control.cancel()
      }
      await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
      const resumed = await train({ ...task, resume: true })
      expect({ ...resumed, seconds: 0 }, `stopped at ${moment}`).toEqual({ ...wanted, seconds: 0 })
      expect(filesOf(join(task.folder, 'model'))).toEqual(filesOf(join(undisturbed.folder, 'model')))
    }
  })

  it('again and again, after every second step, ends as one that was not', async () => {
    const { parts, result: wanted } = await whole()
    const task = taskIn(parts)
    const steps: (number | null)[] = []
    for (let last: number | null = 0; last !== null; steps.push(last)) {
      const from: number = last
      last = await trainUntil({ ...task, resume: from > 0 }, (_, done) => done === from + 2)
    }
    expect(steps.slice(0, 3)).toEqual([2, 4, 6])
    expect((await readModel(task.folder)).description.weightsSha256).toBe(wanted.weightsSha256)
  })

  it('while it was measuring is measured again', async () => {
    const { parts, result: wanted } = await whole()
    const task = taskIn(parts)
    expect(await trainUntil(task, (phase) => phase === 'calibrate')).toBe(24)
    expect(existsSync(join(task.folder, 'model'))).toBe(false)
    const phases = new Set<string>()
    const resumed = await train({ ...task, resume: true }, { progress: (phase) => phases.add(phase) })
    expect([...phases]).toEqual(['calibrate'])
    expect(resumed.weightsSha256).toBe(wanted.weightsSha256)
  })

  it('leaves a checkpoint at the step where it stopped, and says so', async () => {
    const task = taskIn(await tinyParts(), { set: { checkpointEvery: 1000 } })
    const control = new TaskControl()
    const told: string[] = []
    const training = train(task, {
      control,
      progress: (_, done) => void (done === 7 && control.cancel()),
      checkpoint: (phase, step, file) => told.push(`${phase} ${step} ${file}`),
    })
    await expect(training).rejects.toMatchObject({ step: 7 })
    expect(told).toEqual(['gan 7 checkpoints/000000007.safetensors'])
    expect(existsSync(join(task.folder, 'checkpoints/000000007.safetensors'))).toBe(true)
  })

  it('goes on from the checkpoint before where the newest is damaged, to the same weights', async () => {
    const { parts, result: wanted } = await whole()
    const task = taskIn(parts)
    await trainUntil(task, (_, done) => done === 19)
    const newest = join(task.folder, 'checkpoints', '000000019.safetensors')
    writeFileSync(newest, readFileSync(newest).subarray(0, 1000))
    const notices: string[] = []
    const resumed = await train({ ...task, resume: true }, { log: keptIn(notices) })
    expect(resumed.weightsSha256).toBe(wanted.weightsSha256)
    expect(notices[0]).toContain('000000019.safetensors')
  })

  it('says that all its checkpoints are damaged, naming them, and touches nothing', async () => {
    const task = taskIn(await tinyParts())
    await trainUntil(task, (_, done) => done === 19)
    const folder = join(task.folder, 'checkpoints')
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged')
    const before = filesOf(task.folder)
    await expect(train({ ...task, resume: true })).rejects.toMatchObject({
      code: 'checkpoint-corrupt',
      message: expect.stringContaining('000000019.safetensors'),
    })
    expect(filesOf(task.folder)).toEqual(before)
  })

  it('starts from the beginning where it has no checkpoint, says so, and ends at the same weights', async () => {
    const { parts, result: wanted } = await whole()
    const task = taskIn(parts)
    await trainUntil(task, (_, done) => done === 19)
    rmSync(join(task.folder, 'checkpoints'), { recursive: true })
    const notices: string[] = []
    const resumed = await train({ ...task, resume: true }, { log: keptIn(notices) })
    expect(notices[0]).toContain('no checkpoint')
    expect(resumed.weightsSha256).toBe(wanted.weightsSha256)
  })
})

describeCompiled('a paused training', () => {
  it('takes no step until it goes on, and ends as one that was not paused', async () => {
    const { parts, result: wanted } = await whole()
    const control = new TaskControl()
    const seen: string[] = []
    const resumed = await train(taskIn(parts), {
      control,
      progress(phase, done) {
        seen.push(`${phase} ${done}`)
        if (done === 6) control.pause()
      },
      paused() {
        seen.push('paused')
        setImmediate(() => setImmediate(() => control.continue()))
      },
      continued: () => seen.push('continued'),
    })
    expect(seen.slice(5, 9)).toEqual(['gan 6', 'paused', 'continued', 'gan 7'])
    expect(resumed.weightsSha256).toBe(wanted.weightsSha256)
  })

  it('can be cancelled, and never says that it goes on', async () => {
    const control = new TaskControl()
    const seen: string[] = []
    const training = train(taskIn(await tinyParts()), {
      control,
      progress: (_, done) => void (done === 3 && control.pause()),
      paused: () => setImmediate(() => control.cancel()),
      continued: () => seen.push('continued'),
    })
    await expect(training).rejects.toMatchObject({ step: 3 })
    expect(seen).toEqual([])
  })
})

describeCompiled('a training', () => {
  it.each([
    { size: 32, channels: 1, input: 'whole' },
    { size: 32, channels: 3, input: 'tiles' },
    { size: 64, channels: 3, input: 'whole' },
    { size: 64, channels: 1, input: 'tiles' },
    { size: 128, channels: 1, input: 'whole' },
    { size: 128, channels: 3, input: 'tiles' },
  ] as const)('works on $input photographs at $size pixels with $channels channels', async (mode) => {
    const images = await writeParts(temporaryFolder(), 6, {
      width: 150,
      height: 140,
      channels: mode.channels,
    })
    const parts = { train: images.slice(0, 4), validation: images.slice(4) }
    const set = { ...mode, ganSteps: 2, encoderSteps: 2, validateEvery: 2, discriminatorSamples: 8 }
    const task = taskIn(parts, { set })
    const result = await train(task)
    expect(Object.values(result.losses).every(Number.isFinite)).toBe(true)
    const { rows } = await score(task.folder, parts.validation)
    expect(rows.map(({ map }) => [map?.width, map?.height])).toEqual([
      [150, 140],
      [150, 140],
    ])
    // Tiles overlap by half: 64 pixels are 4 x 4 tiles on 150 x 140, 128 are 2 x 2, 32 are 9 x 8.
    const tiles = mode.input === 'whole' ? 1 : { 32: 72, 64: 16, 128: 4 }[mode.size]
    expect(rows.map((row) => row.tiles)).toEqual([tiles, tiles])
    expect(rows.every(({ components }) => components.every(Number.isFinite))).toBe(true)
  })

  it('sees photographs smaller than a tile with their borders repeated, and scoring warns of it', async () => {
    const parts = await (async () => {
      const images = await writeParts(temporaryFolder(), 6, { width: 20, height: 40 })
      return { train: images.slice(0, 4), validation: images.slice(4) }
    })()
    const task = taskIn(parts, { set: { input: 'tiles', discriminatorSamples: 8 } })
    await train(task)
    const { rows } = await score(task.folder, parts.validation)
    for (const { map, warnings } of rows) {
      expect(warnings).toEqual([{ code: 'smaller-than-tile', params: {} }])
      expect([map?.width, map?.height]).toEqual([20, 40])
    }
  })

  it('takes whole batches from a number of images that no batch divides', async () => {
    const images = await writeParts(temporaryFolder(), 8)
    const parts = { train: images.slice(0, 5), validation: images.slice(5) }
    const result = await train(taskIn(parts, { set: { batch: 4 } }))
    expect(result.calibration.izif).toHaveLength(3)
  })

  it('mirrors images where it may and not where the part has a direction', async () => {
    const { parts, result } = await whole()
    const mirrored = await train(taskIn(parts, { set: { flips: 'horizontal' } }))
    // Every image is symmetric, so that mirroring can make no difference.
    const symmetric = temporaryFolder()
    for (const image of [...parts.train, ...parts.validation]) {
      const left = sharp(image.file).extract({ left: 0, top: 0, width: 16, height: 32 })
      const right = await left.clone().flop().toBuffer()
      const file = join(symmetric, `${image.id}.png`)
      await left
        .extend({ right: 16 })
        .composite([{ input: right, left: 16, top: 0 }])
        .toColourspace('b-w')
        .toFile(file)
    }
    expect(mirrored.weightsSha256).not.toBe(result.weightsSha256)
    const moved = (image: EngineImage) => ({ ...image, file: join(symmetric, `${image.id}.png`) })
    const same = { train: parts.train.map(moved), validation: parts.validation.map(moved) }
    const digests = [
      (await train(taskIn(same, { set: { flips: 'horizontal' } }))).weightsSha256,
      (await train(taskIn(same, { set: { flips: 'none' } }))).weightsSha256,
    ]
    expect(digests[0]).toBe(digests[1])
  })

  it('chooses the encoder with the lowest loss on the validation images', async () => {
    const points: MetricPoint[] = []
    const { chosen } = await train(taskIn(await tinyParts(), { set: { encoderLearningRate: 0.05 } }), {
      points: (more) => points.push(...more),
    })
    const validated = points.filter(({ name }) => name === 'validation')
    expect(validated.map(({ step }) => step)).toEqual([4, 8, 12])
    const best = validated.reduce((a, b) => (b.value < a.value ? b : a))
    expect(chosen).toMatchObject({ step: best.step, value: best.value })
  })

  it('without validation images is calibrated on training images, and says so', async () => {
    const { train: images } = await tinyParts()
    const notices: string[] = []
    const result = await train(taskIn({ train: images, validation: [] }), {
      log: keptIn(notices),
    })
    expect(notices).toEqual([
      expect.stringMatching(/weights of step \d+ are kept: the lowest encoder loss on training images/),
      expect.stringContaining('no normal validation images'),
    ])
    expect(result.calibration.izif).toHaveLength(10)
  })

  it('ends with an error that names the loss when it diverges, and keeps its checkpoints', async () => {
    const task = taskIn(await tinyParts(), { set: { learningRate: 1, lambda: 1e30, checkpointEvery: 1 } })
    await expect(train(task)).rejects.toMatchObject({
      code: 'training-diverged',
      remedy: expect.stringContaining('learning rate'),
    })
  })

  it('tells of points, previews and progress that only grows', async () => {
    const { task, steps, previews, points } = await whole()
    expect(steps).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    expect(previews).toEqual([
      'generated previews/generated-12.png 12',
      'reconstructed previews/reconstructed-24.png 24',
    ])
    expect(new Set(points.map(({ phase, name }) => `${phase} ${name}`))).toEqual(
      new Set([
        'gan critic',
        'gan wasserstein',
        'gan penalty',
        'gan generator',
        'encoder encoder',
        'encoder validation',
      ]),
    )
    const { width, height } = await sharp(join(task.folder, 'previews/reconstructed-24.png')).metadata()
    expect([width, height]).toEqual([8 * 34 - 2, 2 * 34 - 2])
  })
})

describe('the learning rate', () => {
  it('is constant, or falls to a tenth along half a cosine', () => {
    expect(rateAt(2, 77, 100, false)).toBe(2)
    expect(rateAt(2, 0, 100, true)).toBe(2)
    expect(rateAt(2, 50, 100, true)).toBeCloseTo(1.1, 12)
    expect(rateAt(2, 100, 100, true)).toBeCloseTo(0.2, 12)
  })
})
