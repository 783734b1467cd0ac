/** What a run can learn of good parts beside its networks: every option of every system that restores images. */

import { cpSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { compilingWith } from '../../../../src/main/engine/graph/compile.ts'
import {
  type FeatureWhitening,
  whitenedDistance,
} from '../../../../src/main/engine/learned/feature-whitening.ts'
import { networksOf } from '../../../../src/main/engine/networks/blocks.ts'
import type { EngineImage, TrainTask } from '../../../../src/main/engine/protocol.ts'
import type { ScorerRequest, TileScorer } from '../../../../src/main/engine/scoring/tile-scorer.ts'
import { createSearchScorer } from '../../../../src/main/engine/systems/anogan/search.ts'
import { createFanoganWeights } from '../../../../src/main/engine/systems/fanogan/networks.ts'
import { createFanoganScorer } from '../../../../src/main/engine/systems/fanogan/scorer.ts'
import { createGanWeights } from '../../../../src/main/engine/systems/gan-system.ts'
import { createGanomalyWeights } from '../../../../src/main/engine/systems/ganomaly/networks.ts'
import { createGanomalyScorer } from '../../../../src/main/engine/systems/ganomaly/scorer.ts'
import { Cancelled, TaskControl } from '../../../../src/main/engine/task-control.ts'
import type { Tensor } from '../../../../src/main/engine/tensorflow.ts'
import { resolveConfig } from '../../../../src/main/model/catalog.ts'
import { readModel } from '../../../../src/main/model/model-file.ts'
import { digestOf } from '../../../../src/main/model/safetensors.ts'
import {
  imageScore,
  isScoreKind,
  learnedComponents,
  memoryComponent,
} from '../../../../src/main/model/scores.ts'
import { fanoganConfigSchema } from '../../../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../../../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { once } from '../../../once.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled, relativeDifference } from '../graph/native.ts'
import { score, train, writeParts } from '../parts.ts'

const shape = { size: 32, channels: 1, width: 4, latent: 8 } as const
/** After two halvings: 4 filters, doubled once. */
const earlyFeatures = 8

function madeWhitening(): FeatureWhitening {
  const random = createRandom(5)
  return {
    mean: random.fillNormal(new Float32Array(earlyFeatures)),
    whitening: random.fillNormal(new Float32Array(earlyFeatures ** 2)),
  }
}

const whitened = () => ({
  name: 'whitened',
  compute: (x: Tensor, y: Tensor) => whitenedDistance(x, y, madeWhitening()),
})

const scorers: [string, (request: ScorerRequest) => TileScorer][] = [
  [
    'fanogan',
    (request) => {
      const config = fanoganConfigSchema.parse({ ...shape })
      return createFanoganScorer(config, createFanoganWeights(config, createRandom(1)), 3, request)
    },
  ],
  [
    'ganomaly',
    (request) => {
      const config = ganomalyConfigSchema.parse({ ...shape })
      return createGanomalyScorer(config, createGanomalyWeights(config, createRandom(1)), 3, request)
    },
  ],
  [
    'anogan',
    (request) => {
      const networks = networksOf({ ...shape, blocks: 'dcgan', norm: 'batch' })
      const search = {
        searchSteps: 5,
        searchOptimizer: 'adam',
        searchLearningRate: 1e-2,
        featureShare: 0.1,
      } as const
      return createSearchScorer(search, networks, createGanWeights(networks, createRandom(1)), 3, request)
    },
  ],
]

describeCompiled('what a graph gives beside its own components', () => {
  it.each(scorers)('of %s equals what it gives eagerly to 1e-5', (_, make) => {
    const request = { components: [whitened()], codes: true, early: true }
    const own = compilingWith({ mode: 'compiled' }, () => make(request))
    const eager = compilingWith({ mode: 'eager' }, () => make(request))
    const tiles = createRandom(2).fillUniform(new Float32Array(3 * shape.size ** 2))
    const [a, b] = [own.score(tiles), eager.score(tiles)]
    expect(own.componentNames.at(-1)).toBe('whitened')
    expect(relativeDifference(a.components, b.components)).toBeLessThan(1e-5)
    for (const kind of ['codes', 'early'] as const) {
      const [found = new Float32Array(), wanted = new Float32Array()] = [
        a.pictures?.[kind],
        b.pictures?.[kind],
      ]
      expect(wanted).toHaveLength(3 * (kind === 'codes' ? shape.latent : 64 * earlyFeatures))
      expect(relativeDifference(found, wanted), kind).toBeLessThan(1e-5)
    }
    own.dispose()
    eager.dispose()
  })

  it.each(scorers)('of %s changes nothing of what it gives without it', (_, make) => {
    const tiles = createRandom(3).fillUniform(new Float32Array(3 * shape.size ** 2))
    const [plain, more] = [
      make({ components: [], codes: false, early: false }),
      make({ components: [whitened()], codes: true, early: true }),
    ]
    const [a, b] = [plain.score(tiles), more.score(tiles)]
    const width = plain.componentNames.length
    const own = Float32Array.from(
      a.components,
      (_, i) => b.components[Math.floor(i / width) * (width + 1) + (i % width)] ?? Number.NaN,
    )
    expect(relativeDifference(own, a.components)).toBeLessThan(1e-6)
    expect(a.pictures?.codes).toBeUndefined()
    expect(a.pictures?.early).toBeUndefined()
    plain.dispose()
    more.dispose()
  })
})

type Values = Record<string, string | number | boolean>

const described = z.looseObject({ config: z.record(z.string(), z.unknown()) })

/** Without the memory, which needs a backbone and is tested with the system of that name. */
const learnedHere = learnedComponents.filter((name) => name !== memoryComponent)

/** Digest of the networks' weights alone, without what was learned besides them. */
async function networksIn(folder: string): Promise<string> {
  const { tensors } = await readModel(folder)
  const learned = /^(?:texture|whitened|expected)\//
  return digestOf(Object.fromEntries(Object.entries(tensors).filter(([name]) => !learned.test(name))))
}

const every = { texture: true, whitened: true, relative: true, scales: 3 } as const

const steps: Record<string, Values> = {
  fanogan: { ganSteps: 6, criticSteps: 1, encoderSteps: 6, validateEvery: 3 },
  ganomaly: { steps: 8, validateEvery: 4 },
  anogan: { ganSteps: 6, searchSteps: 3 },
}
const systems = Object.keys(steps)

function taskOf(
  model: string,
  images: EngineImage[],
  set: Values,
  folder = join(temporaryFolder(), 'run'),
): TrainTask {
  const tiny = { width: 4, latent: 8, batch: 4, flips: 'none', discriminatorSamples: 8, previewEvery: 100 }
  const { config } = resolveConfig({
    model,
    preset: 'smoke',
    set: { input: 'whole', ...tiny, ...steps[model], ...set },
  })
  return {
    kind: 'train',
    task: 'training',
    run: 'r-1',
    folder,
    model,
    config,
    seed: 1,
    resume: false,
    train: images.slice(0, 8),
    validation: images.slice(8, 12),
  }
}

const parts = (options?: Parameters<typeof writeParts>[2]): Promise<EngineImage[]> =>
  writeParts(temporaryFolder(), 14, options)

for (const model of systems) {
  describeCompiled(`${model} with every option`, () => {
    const shared = sharedFolder()
    const images = once(() => writeParts(join(shared, 'parts'), 14))
    const whole = once(async () => {
      const task = taskOf(model, await images(), every, join(shared, 'run'))
      const phases = new Set<string>()
      return { task, phases, result: await train(task, { progress: (phase) => phases.add(phase) }) }
    })
    const plain = once(async () => {
      const task = taskOf(model, await images(), {}, join(shared, 'plain'))
      return { task, result: await train(task) }
    })

    it('stores a component for each, and a model that is loaded again gives the same scores to the bit', async () => {
      const { task, result } = await whole()
      const { componentNames, calibration, expectedCriticValue } = result
      expect(componentNames.slice(-learnedHere.length)).toEqual(learnedHere)
      const { rows } = await score(task.folder, (await images()).slice(8, 12))
      expect(rows.every(({ components }) => components.every(Number.isFinite))).toBe(true)
      for (const kind of learnedHere) {
        const options = { kind, k: 1, reduction: 'max', latent: 8, expectedCriticValue } as const
        const scores = rows.map(({ components }) => imageScore(components, componentNames, options))
        expect(
          scores.sort((a, b) => a - b),
          kind,
        ).toEqual(calibration[kind])
        expect(new Set(scores).size, kind).toBe(4)
      }
    })

    it('learns them without changing the weights, and the same after a stop', async () => {
      const { task: learning, phases, result: wanted } = await whole()
      const without = await plain()
      expect(await networksIn(learning.folder)).toBe(await networksIn(without.task.folder))
      // The digest of a run is of all that its scores depend on.
      expect(wanted.weightsSha256).not.toBe(without.result.weightsSha256)
      expect(phases).toContain('residual')
      const task = taskOf(model, await images(), every)
      const control = new TaskControl()
      const progress = (phase: string): void => void (phase === 'residual' && control.cancel())
      await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
      const resumed = await train({ ...task, resume: true })
      expect({ ...resumed, seconds: 0 }).toEqual({ ...wanted, seconds: 0 })
    })

    it('has a model of before there were options, which loads, and scores as it did', async () => {
      const { task } = await plain()
      const folder = join(temporaryFolder(), 'run')
      cpSync(task.folder, folder, { recursive: true })
      const before = (await score(folder, await images())).rows
      const file = join(folder, 'model', 'model.json')
      const description = described.parse(JSON.parse(await readFile(file, 'utf8')))
      for (const name of ['normalization', 'whitened', 'relative', 'scales']) {
        expect(name in description.config).toBe(true)
        delete description.config[name]
      }
      await writeFile(file, JSON.stringify(description))
      expect((await score(folder, await images())).rows).toEqual(before)
    })
  })
}

describeCompiled('an option that the score or the map needs', () => {
  it.each([
    [{ score: 'relative' }, 'relative'],
    [{ score: 'whitened' }, 'whitened'],
    [{ map: 'relative' }, 'relative'],
  ])('%o is learned without being asked for', async (set, component) => {
    const images = await parts()
    const { componentNames } = await train(taskOf('fanogan', images, set))
    expect(componentNames).toContain(component)
    expect(componentNames.filter((name) => learnedComponents.some((known) => known === name))).toEqual([
      component,
    ])
  })
})

describeCompiled('the residual over what is expected', () => {
  it('of an image does not depend on what is scored with it, and is its map where it is to be', async () => {
    const images = await parts({ width: 70, height: 50 })
    const set = { ...every, input: 'tiles', flips: 'both', map: 'relative' }
    const task = taskOf('fanogan', images, set)
    await train(task)
    const { rows } = await score(task.folder, images)
    const last = images.at(-1)
    if (!last) throw new RangeError('there are parts')
    expect((await score(task.folder, [last])).rows[0]).toEqual(rows.at(-1))
    expect(rows.at(-1)?.map).toMatchObject({ width: 70, height: 50 })
    // The same scores, and another map.
    const residual = taskOf('fanogan', images, { ...set, map: 'residual' })
    await train(residual)
    const other = (await score(residual.folder, [last])).rows[0]
    expect(other?.components).toEqual(rows.at(-1)?.components)
    expect(other?.map?.scale).not.toBe(rows.at(-1)?.map?.scale)
  })

  it('grows with the scales that are looked at, and never falls', async () => {
    const images = await parts()
    const of = async (scales: number): Promise<number[]> => {
      const task = taskOf('fanogan', images, { relative: true, score: 'relative', scales })
      await train(task)
      return (await score(task.folder, images.slice(8))).rows.map((row) => row.score)
    }
    const [one, three] = [await of(1), await of(3)]
    expect(three.every((value, i) => value >= (one[i] ?? 0))).toBe(true)
    expect(three).not.toEqual(one)
  })
})

describeCompiled('normalized photographs', () => {
  it.each(systems)('are what %s is trained on, calibrated with and scores', async (model) => {
    const images = await parts({ width: 70, height: 50, channels: 3 })
    const set = { ...every, input: 'tiles', channels: 3, normalization: 'local' }
    const task = taskOf(model, images, set)
    const { calibration, componentNames, expectedCriticValue, weightsSha256 } = await train(task)
    expect(weightsSha256).not.toBe(
      (await train(taskOf(model, images, { ...set, normalization: 'none' }))).weightsSha256,
    )
    const { rows } = await score(task.folder, images.slice(8, 12))
    for (const kind of Object.keys(calibration).filter(isScoreKind)) {
      const options = { kind, k: 1, reduction: 'max', latent: 8, expectedCriticValue } as const
      const scores = rows.map(({ components }) => imageScore(components, componentNames, options))
      expect(
        scores.sort((a, b) => a - b),
        kind,
      ).toEqual(calibration[kind])
    }
  })
})
