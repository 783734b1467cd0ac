/** Every system on windows of features of a backbone in place of pixels. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cutTile, tileGrid } from '../../../../src/main/engine/data/geometry.ts'
import { loadImage } from '../../../../src/main/engine/data/load-image.ts'
import type { EngineImage, TrainTask } from '../../../../src/main/engine/protocol.ts'
import { systemNamed } from '../../../../src/main/engine/systems/registry.ts'
import { Cancelled, TaskControl } from '../../../../src/main/engine/task-control.ts'
import { exportTask } from '../../../../src/main/engine/tasks/export-task.ts'
import { readAnomalyMap } from '../../../../src/main/images/anomaly-map.ts'
import { resolveConfig } from '../../../../src/main/model/catalog.ts'
import { readModel } from '../../../../src/main/model/model-file.ts'
import { once } from '../../../once.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { runSavedModel } from '../graph/run-saved-model.ts'
import { score, train, writeParts } from '../parts.ts'

type Values = Record<string, string | number | boolean>

const backbone = 'efficientnet-lite2'
const traits = { channels: 1, hasDirection: false, sameSize: true, side: 96, backbone } as const

/** Twelve steps of each system on tiny networks, and the components that it then has. */
const tiny: Record<string, { set: Values; components: string[] }> = {
  dcgan: { set: { ganSteps: 12 }, components: ['discriminator'] },
  wgan: { set: { ganSteps: 12 }, components: ['discriminator'] },
  'wgan-gp': { set: { ganSteps: 12, ganValidateEvery: 4 }, components: ['discriminator'] },
  anogan: {
    set: { ganSteps: 12, searchSteps: 5 },
    components: ['residual', 'absolute', 'absolute-feature', 'discriminator', 'peak'],
  },
  ganomaly: {
    set: { steps: 12, validateEvery: 4 },
    components: ['residual', 'feature', 'code', 'discriminator', 'peak'],
  },
  fanogan: {
    set: { ganSteps: 6, encoderSteps: 6, validateEvery: 3 },
    components: ['residual', 'feature', 'latent', 'discriminator', 'peak'],
  },
}
const restores = new Set(['anogan', 'ganomaly', 'fanogan'])
const size = { width: 96, height: 64 }

describeWithBackbone('with features as input', (file) => {
  const shared = sharedFolder()
  const parts = once(() => writeParts(join(shared, 'parts'), 12, size))

  function taskOf(model: string, images: EngineImage[], set: Values = {}, seed = 1): TrainTask {
    const { config } = resolveConfig({
      model,
      preset: 'smoke',
      set: {
        input: 'features',
        featureScale: 1,
        width: 4,
        latent: 8,
        batch: 16,
        discriminatorSamples: 32,
        checkpointEvery: 5,
        previewEvery: 6,
        ...tiny[model]?.set,
        ...set,
      },
      traits,
    })
    return {
      kind: 'train',
      task: 'training',
      run: 'r-1',
      folder: join(temporaryFolder(), 'run'),
      model,
      config,
      seed,
      resume: false,
      backbone: { name: backbone, file },
      train: images.slice(0, 6),
      validation: images.slice(6, 9),
    }
  }

  it.each(Object.keys(tiny))('%s trains, is resumed to the same weights, and scores', async (model) => {
    const images = await parts()
    const task = taskOf(model, images)
    const wanted = await train(task)
    expect(wanted.componentNames).toEqual(tiny[model]?.components)
    expect(Object.values(wanted.losses).every(Number.isFinite)).toBe(true)

    const stopped = taskOf(model, images)
    const control = new TaskControl()
    const progress = (phase: string, done: number): void =>
      void (phase !== 'features' && done === 7 && control.cancel())
    await expect(train(stopped, { control, progress })).rejects.toThrow(Cancelled)
    const resumed = await train({ ...stopped, resume: true })
    expect({ ...resumed, seconds: 0 }).toEqual({ ...wanted, seconds: 0 })

    const { rows } = await score(task.folder, images.slice(9))
    // 96 x 64 pixels are 6 x 4 cells, each of them a window.
    expect(rows.map(({ tiles }) => tiles)).toEqual([24, 24, 24])
    expect(rows.every(({ components }) => components.every(Number.isFinite))).toBe(true)
    expect(rows.map(({ map }) => map !== null)).toEqual(rows.map(() => restores.has(model)))
    for (const { map } of rows) {
      if (map) expect(map).toMatchObject({ ...size, reconstruction: null })
    }
    const [, , last] = images.slice(9)
    if (!last) throw new RangeError('there are twelve parts')
    expect((await score(task.folder, [last])).rows[0]).toEqual(rows.at(-1))
  })

  it('is another training with another seed', async () => {
    const images = await parts()
    const digests = await Promise.all(
      [1, 2].map(async (seed) => (await train(taskOf('wgan-gp', images, {}, seed))).weightsSha256),
    )
    expect(new Set(digests).size).toBe(2)
  })

  it('sees windows of several cells, of principal components, mirrored', async () => {
    const images = await parts()
    const notice = 'Of somebody else.'
    const task = taskOf('fanogan', images, { window: 2, components: 5, flips: 'both', overlap: 0.5 })
    await train({ ...task, backbone: { name: backbone, file, notice } })
    const { tensors, description } = await readModel(task.folder)
    // The model holds the backbone, so its licence goes with it.
    expect(description.notice).toBe(notice)
    expect(tensors['features/matrix']?.shape).toEqual([416, 5])
    expect(tensors['critic/first/kernel']?.shape).toEqual([2 * 2 * 5, 32])
    const { rows } = await score(task.folder, images.slice(9, 10))
    // Windows of 2 cells that overlap by one: 5 x 3.
    expect(rows[0]?.tiles).toBe(15)
  })

  it('remembers the same features where it is told to, and stores the backbone once', async () => {
    const images = await parts()
    const task = taskOf('fanogan', images, { memory: true })
    const { componentNames } = await train(task)
    expect(componentNames.slice(-2)).toEqual(['memory-local', 'memory-all'])
    const { rows } = await score(task.folder, images.slice(9, 11))
    expect(rows.every(({ components }) => components.every(Number.isFinite))).toBe(true)
  })

  it('begins with the weights and the standardization of a run before', async () => {
    const images = await parts()
    const first = taskOf('fanogan', images)
    await train(first)
    const still = {
      ganSteps: 1,
      encoderSteps: 1,
      validateEvery: 1,
      learningRate: 1e-9,
      encoderLearningRate: 1e-9,
    }
    const warm = taskOf('fanogan', images.slice(3), { ...still, average: 0 }, 7)
    await train({ ...warm, warmFrom: first.folder })
    const [before, after] = await Promise.all([readModel(first.folder), readModel(warm.folder)])
    for (const name of ['features/mean', 'features/matrix']) {
      expect(after.tensors[name]).toEqual(before.tensors[name])
    }
    const kernel = (of: typeof before) => of.tensors['encoder/first/kernel']?.data ?? new Float32Array()
    const moved = kernel(after).map((value, i) => Math.abs(value - (kernel(before)[i] ?? Number.NaN)))
    expect(Math.max(...moved)).toBeLessThan(1e-6)
  })

  it('leaves out what does not count, in the windows and in the map', async () => {
    const images = await parts()
    // The left half: three of the six columns of cells.
    const half = [0, 0, 0.5, 0, 0.5, 1, 0, 1]
    const task = taskOf('fanogan', images)
    await train({ ...task, regionOfInterest: { kind: 'drawn', polygons: [half] } })
    const { rows } = await score(task.folder, images.slice(9, 10))
    expect(rows[0]?.tiles).toBe(12)
    const map = rows[0]?.map
    if (!map) throw new TypeError('f-AnoGAN draws a map')
    const { values } = await readAnomalyMap(await readFile(join(task.folder, map.file)))
    const right = values.filter((_, i) => i % size.width >= size.width / 2)
    expect(right.every((value) => value === 0)).toBe(true)
    expect(values.some((value) => value > 0)).toBe(true)
  })

  it('scores outside as it does here: photograph to features, windows of them to components', async () => {
    const images = await parts()
    const task = taskOf('fanogan', images, { window: 2, components: 5, overlap: 0.5 })
    await train(task)
    const batch = 15
    const { files } = await exportTask({
      kind: 'export',
      task: 'export',
      run: 'r-1',
      folder: task.folder,
      to: 'export',
      batch,
      version: '0',
      metadata: {},
      needsOnnx: true,
    })
    expect(files).toEqual(['saved_model.pb', 'check.safetensors', 'model.onnx', 'features.onnx'])
    const bytes = await readFile(join(task.folder, 'export', 'saved_model.pb'))

    const [image] = images.slice(9)
    if (!image) throw new RangeError('there are twelve parts')
    const { rows } = await score(task.folder, [image])
    const { scorer, mode } = systemNamed('fanogan').load(await readModel(task.folder), 1)
    scorer.dispose()
    const { forFeatures } = await loadImage(image, mode)
    if (forFeatures === null) throw new TypeError('a backbone sees every photograph')
    const { features } = runSavedModel(bytes, 'features', {
      photograph: { shape: [1, size.height, size.width, 3], data: forFeatures.data },
    })
    expect(features?.shape).toEqual([1, 4, 6, 5])
    const picture = { data: features?.data ?? new Float32Array(), width: 6, height: 4, channels: 5 }
    const x = new Float32Array(batch * 2 * 2 * 5)
    for (const [at, position] of tileGrid(6, 4, 2, 0.5).entries()) {
      cutTile(picture, position, 2, x.subarray(at * 20, (at + 1) * 20))
    }
    const { components } = runSavedModel(bytes, 'serving_default', {
      x: { shape: [batch, 2, 2, 5], data: x },
    })
    const here = rows[0]?.components ?? []
    expect(components?.data).toHaveLength(here.length)
    for (const [i, value] of here.entries()) {
      const difference = Math.abs((components?.data[i] ?? Number.NaN) - value)
      expect(difference / Math.max(1, Math.abs(value))).toBeLessThan(1e-4)
    }
  })
})
