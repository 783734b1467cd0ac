import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { cutTile, TileBlend, tileGrid } from '../../../../src/main/engine/data/geometry.ts'
import { hasBfloat16 } from '../../../../src/main/engine/graph/bfloat16.ts'
import type { EngineImage, ScoredImage, TrainResult } from '../../../../src/main/engine/protocol.ts'
import { Cancelled, TaskControl } from '../../../../src/main/engine/task-control.ts'
import { readAnomalyMap } from '../../../../src/main/images/anomaly-map.ts'
import { type ModelDescription, readModel } from '../../../../src/main/model/model-file.ts'
import type { TensorMap } from '../../../../src/main/model/safetensors.ts'
import { imageScore, type ScoreKind, type ScoreOptions } from '../../../../src/main/model/scores.ts'
import { decodePlainPng } from '../../images/plain-png.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { score, train, trainingOf, writeParts } from '../parts.ts'
import { plainScores } from '../scoring/plain-networks.ts'

const k = 0.5

interface Trained {
  folder: string
  images: EngineImage[]
  training: EngineImage[]
  validation: EngineImage[]
  result: TrainResult
  tensors: TensorMap
  description: ModelDescription
}

async function trained(
  folder: string,
  set: Parameters<typeof trainingOf>[0]['set'],
  size: { width: number; height: number; channels: 1 | 3 },
): Promise<Trained> {
  const images = await writeParts(join(folder, 'photographs'), 20, size)
  const [training, validation] = [images.slice(0, 8), images.slice(8, 14)]
  const task = trainingOf({
    folder: join(folder, 'run'),
    train: training,
    validation,
    set: { k, ganSteps: 15, encoderSteps: 25, ...set },
  })
  const result = await train(task)
  return { folder: task.folder, images, training, validation, result, ...(await readModel(task.folder)) }
}

/** x in [-1, 1] of an 8-bit PNG, decoded by the standard alone. */
function inputOf({ file }: EngineImage): Float64Array {
  return Float64Array.from(decodePlainPng(readFileSync(file)).samples, (value) => (2 * value) / 255 - 1)
}

/** The score of a stored row by its name. */
function scoreOf({ result, description }: Trained, row: ScoredImage, kind: ScoreKind): number {
  const options: ScoreOptions = {
    kind,
    k,
    reduction: 'max',
    latent: 8,
    expectedCriticValue: result.expectedCriticValue,
  }
  return imageScore(row.components, description.componentNames, options)
}

/** Largest difference of two pictures. */
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)))
  return most
}

describeCompiled('scores of whole photographs', () => {
  let gray: Trained
  let color: Trained
  beforeAll(async () => {
    const folder = join(
      import.meta.dirname,
      '../../../../node_modules/.cache',
      `fanoscope-score-${process.pid}`,
    )
    gray = await trained(join(folder, 'gray'), { channels: 1 }, { width: 32, height: 32, channels: 1 })
    color = await trained(join(folder, 'color'), { channels: 3 }, { width: 32, height: 32, channels: 3 })
    return () => rmSync(folder, { recursive: true, force: true })
  })

  it('are those of the formulas, computed from the model file without TensorFlow', async () => {
    for (const model of [gray, color]) {
      const { rows } = await score(model.folder, model.images)
      for (const [i, row] of rows.entries()) {
        const image = model.images[i]
        if (!image) throw new RangeError('a row without an image')
        const channels = model === gray ? 1 : 3
        const plain = plainScores(model.tensors, inputOf(image), { side: 32, channels, k })
        const near = (kind: ScoreKind, wanted: number) =>
          expect(scoreOf(model, row, kind) / wanted, `${kind} of ${image.id}`).toBeCloseTo(1, 3)
        near('izif', plain.izif)
        near('latent-feature', plain.latentFeature)
        near('izi', plain.izi)
        near('ziz', plain.ziz)
        const discriminator = model.result.expectedCriticValue - plain.critic
        expect(scoreOf(model, row, 'discriminator')).toBeCloseTo(discriminator, 4)
        expect(row.score).toBe(scoreOf(model, row, 'izif'))
      }
    }
  })

  it('store every component, by the names that the model tells', async () => {
    const { rows } = await score(gray.folder, gray.images)
    for (const row of rows) {
      expect(row.componentNames).toEqual(['residual', 'feature', 'latent', 'discriminator', 'peak'])
      expect(row.components).toHaveLength(row.tiles * 5)
      expect(row.componentNames).toEqual(gray.result.componentNames)
    }
  })

  it('come with maps that decode to |x - G(E(x))| within half a step of 16 bits', async () => {
    for (const model of [gray, color]) {
      const { rows } = await score(model.folder, model.images)
      for (const [i, { map }] of rows.entries()) {
        const image = model.images[i]
        if (!image || !map?.reconstruction) throw new RangeError('a row without a map')
        const channels = model === gray ? 1 : 3
        const plain = plainScores(model.tensors, inputOf(image), { side: 32, channels, k })
        const bytes = readFileSync(join(model.folder, map.file))
        const { values, scale } = await readAnomalyMap(bytes)
        expect(scale).toBe(map.scale)
        // Half a step of the file, and what 32-bit arithmetic differs from 64-bit.
        expect(farthest(values, plain.map)).toBeLessThan(scale / 65_535 / 2 + 2e-5)
        // The same by the PNG standard alone: 16 bits, one channel.
        expect([bytes[24], bytes[25]]).toEqual([16, 0])
        const samples = decodePlainPng(bytes).samples.map((sample) => (sample / 65_535) * map.scale)
        expect(farthest(samples, plain.map)).toBeLessThan(scale / 65_535 / 2 + 2e-5)
        const { samples: picture } = decodePlainPng(readFileSync(join(model.folder, map.reconstruction)))
        const restored = picture.map((value) => (2 * value) / 255 - 1)
        expect(farthest(restored, plain.reconstruction)).toBeLessThan(1 / 255 + 1e-4)
      }
    }
  })

  it('are the same for an image whatever is scored with it', async () => {
    const { rows: together } = await score(gray.folder, gray.images)
    for (const [i, image] of gray.images.entries()) {
      if (i % 6 !== 0) continue
      expect((await score(gray.folder, [image])).rows[0]).toEqual(together[i])
    }
    const { rows: backward } = await score(gray.folder, [...gray.images].reverse())
    expect(backward.reverse()).toEqual(together)
  })

  it('are calibrated on the validation images: each has its own score there, and its own percentile', async () => {
    const { rows } = await score(gray.folder, gray.validation, { maps: false })
    const own = rows.map((row) => row.score).sort((a, b) => a - b)
    expect(gray.description.calibration.izif).toEqual(own)
    for (const kind of ['latent-feature', 'izi', 'ziz', 'discriminator', 'peak'] as const) {
      const scores = rows.map((row) => scoreOf(gray, row, kind)).sort((a, b) => a - b)
      expect(gray.description.calibration[kind], kind).toEqual(scores)
    }
    for (const row of rows) {
      expect(row.calibrated).toBeCloseTo((100 * (own.indexOf(row.score) + 0.5)) / own.length, 10)
    }
  })

  it('take as one scale for maps twice the 99.5th percentile of the validation maps', () => {
    const values = gray.validation.flatMap((image) => [
      ...plainScores(gray.tensors, inputOf(image), { side: 32, channels: 1, k }).map,
    ])
    values.sort((a, b) => a - b)
    const quantile = values[Math.floor(0.995 * (values.length - 1))] ?? Number.NaN
    expect(gray.result.mapScale).toBeCloseTo(2 * quantile, 3)
  })

  it('expect of the discriminator what it says of training images on average', async () => {
    const values = gray.training.map(
      (image) => plainScores(gray.tensors, inputOf(image), { side: 32, channels: 1, k }).critic,
    )
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    // 64 draws with replacement: within five standard errors.
    expect(Math.abs(gray.result.expectedCriticValue - mean)).toBeLessThan((5 * deviation) / 8)
  })

  it('list an image that cannot be read and go on with the others', async () => {
    const folder = temporaryFolder()
    const [first, second, third] = await writeParts(folder, 3)
    if (!first || !second || !third) throw new RangeError('three parts were written')
    writeFileSync(second.file, readFileSync(second.file).subarray(0, 200))
    rmSync(third.file)
    const { rows, result } = await score(gray.folder, [first, second, third])
    expect(rows.map(({ image }) => image)).toEqual([first.id])
    expect(result).toMatchObject({
      images: 1,
      refused: [
        { image: second.id, code: 'truncated' },
        { image: third.id, code: 'unreadable' },
      ],
    })
  })

  it('stop when they are cancelled, with all rows given that were done', async () => {
    const control = new TaskControl()
    const rows = score(gray.folder, gray.images, {
      maps: false,
      control,
      done: (images) => void (images === 3 && control.cancel()),
    })
    await expect(rows).rejects.toThrow(Cancelled)
  })

  it('need a finished model that is whole, and say which file is not', async () => {
    const none = join(temporaryFolder(), 'run')
    await expect(score(none, gray.images)).rejects.toMatchObject({
      code: 'not-trained',
      message: expect.stringContaining('model.json'),
    })
    const copy = join(temporaryFolder(), 'run')
    cpSync(gray.folder, copy, { recursive: true })
    const weights = join(copy, 'model', 'weights.safetensors')
    const bytes = readFileSync(weights)
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1
    writeFileSync(weights, bytes)
    await expect(score(copy, gray.images)).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining(join(copy, 'model')),
    })
  })
})

describeCompiled('a model that may score in bfloat16', () => {
  // The first as this processor is, the second as one without bfloat16.
  it.each([{}, { ONEDNN_MAX_CPU_ISA: 'AVX2' }])(
    'does so only where that is there and moves no score, and its scores are those it was calibrated with: %o',
    async (variables) => {
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
      onTestFinished(() => void vi.unstubAllEnvs())
      const size = { width: 32, height: 32, channels: 1 } as const
      const model = await trained(temporaryFolder(), { precision: 'bfloat16' }, size)
      if (!hasBfloat16()) expect(model.description.precision).toBeUndefined()
      const { rows } = await score(model.folder, model.validation, { maps: false })
      const own = rows.map((row) => row.score).sort((a, b) => a - b)
      expect(model.description.calibration.izif).toEqual(own)
    },
  )
})

describeCompiled('scores by tiles', () => {
  it('are the highest of the tiles, and the maps are blended at the full size of the photograph', async () => {
    const size = { width: 75, height: 50, channels: 1 } as const
    const model = await trained(temporaryFolder(), { input: 'tiles', overlap: 0.5 }, size)
    const { rows } = await score(model.folder, model.images.slice(0, 3))
    for (const [i, row] of rows.entries()) {
      const image = model.images[i]
      if (!image || !row.map) throw new RangeError('a row without a map')
      const photograph = { data: Float32Array.from(inputOf(image)), width: 75, height: 50, channels: 1 }
      const blend = new TileBlend(75, 50, 1, 32)
      const scores = tileGrid(75, 50, 32, 0.5).map((position) => {
        const tile = new Float32Array(32 * 32)
        cutTile(photograph, position, 32, tile)
        const plain = plainScores(model.tensors, tile, { side: 32, channels: 1, k })
        blend.add(Float32Array.from(plain.map), position)
        return plain.izif
      })
      expect(row.tiles).toBe(scores.length)
      expect(row.score / Math.max(...scores)).toBeCloseTo(1, 3)
      const { values, width, height, scale } = await readAnomalyMap(
        readFileSync(join(model.folder, row.map.file)),
      )
      expect([width, height]).toEqual([75, 50])
      expect(farthest(values, blend.finish().data)).toBeLessThan(scale / 65_535 / 2 + 2e-5)
    }
  })

  it('of a photograph that was made smaller have maps of its full size', async () => {
    const size = { width: 90, height: 70, channels: 1 } as const
    const model = await trained(temporaryFolder(), { input: 'tiles', scale: 0.5 }, size)
    const { rows } = await score(model.folder, model.images.slice(0, 1))
    expect(rows[0]?.map).toMatchObject({ width: 90, height: 70 })
    const { width, height } = await sharp(join(model.folder, rows[0]?.map?.reconstruction ?? '')).metadata()
    expect([width, height]).toEqual([90, 70])
  })
})
