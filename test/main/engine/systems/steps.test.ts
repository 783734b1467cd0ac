/**
 * One training step of each system against `test/reference/steps.py`, which computes it in double precision from
 * the formulas alone: losses, gradients as the optimizers keep them, updated weights.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Program } from '../../../../src/main/engine/graph/compile.ts'
import { networksOf } from '../../../../src/main/engine/networks/blocks.ts'
import { disposeWeights, loadWeights } from '../../../../src/main/engine/networks/stored-weights.ts'
import {
  createAdversarialSteps,
  type Objective,
} from '../../../../src/main/engine/systems/adversarial-stage.ts'
import { createSearchSteps } from '../../../../src/main/engine/systems/anogan/search.ts'
import { dcganObjective } from '../../../../src/main/engine/systems/dcgan/objective.ts'
import { createEncoderSteps } from '../../../../src/main/engine/systems/fanogan/encoder-stage.ts'
import { createFanoganWeights } from '../../../../src/main/engine/systems/fanogan/networks.ts'
import { createGanWeights } from '../../../../src/main/engine/systems/gan-system.ts'
import { createGanomalyWeights } from '../../../../src/main/engine/systems/ganomaly/networks.ts'
import { createGanomalySteps } from '../../../../src/main/engine/systems/ganomaly/steps.ts'
import { wganObjective } from '../../../../src/main/engine/systems/wgan/objective.ts'
import { wganGpObjective } from '../../../../src/main/engine/systems/wgan-gp/objective.ts'
import { fanoganConfigSchema } from '../../../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../../../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { describeCompiled } from '../graph/native.ts'
import { madeInput, madeWeights, summary } from './made-numbers.ts'

const summarySchema = z.tuple([z.number(), z.number(), z.number()])
const summariesSchema = z.record(z.string(), summarySchema)
const stepSchema = z.object({
  losses: z.record(z.string(), z.number()),
  gradients: summariesSchema,
  slots: summariesSchema,
  weights: summariesSchema,
})
type Reference = z.infer<typeof stepSchema>

const { setting, cases } = z
  .object({
    setting: z.object({
      size: z.literal(32),
      channels: z.literal(1),
      width: z.number(),
      latent: z.number(),
      batch: z.number(),
      rate: z.number(),
      extraLayers: z.number(),
      k: z.number(),
      clip: z.number(),
      featureShare: z.number(),
    }),
    cases: z.record(z.string(), z.record(z.string(), stepSchema)),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../../reference/steps.json'), 'utf8')))

const { size, channels, width, latent, batch, rate } = setting
const x = madeInput('x', [batch, size, size, channels])
const codes = madeInput('z', [batch, latent], 2)
const mix = madeInput('mix', [batch, 1, 1, 1], 0.5, 0.5)

function referenceOf(name: string, step: string): Reference {
  const reference = cases[name]?.[step]
  if (!reference) throw new RangeError(`steps.json has no ${step} of ${name}`)
  return reference
}

/** Relative to the norm of the tensor: the projections of an error are about as large as it. */
const tolerance = 1e-4

function expectTensors(
  ours: Readonly<Record<string, Float32Array>>,
  theirs: z.infer<typeof summariesSchema>,
  nameOf: (name: string) => string,
  skip: (name: string) => boolean,
): void {
  for (const [name, wanted] of Object.entries(theirs)) {
    if (skip(name)) continue
    const tensor = ours[nameOf(name)]
    if (!tensor) throw new RangeError(`the program has no ${nameOf(name)}`)
    const found = summary(tensor)
    for (const [i, value] of wanted.entries()) {
      expect(Math.abs((found[i] ?? 0) - value) / wanted[0], `${name}, number ${i}`).toBeLessThan(tolerance)
    }
  }
}

/** Compares what a step returned and left behind. `prefix` is that of the optimizer's variables. */
function expectStep(
  program: Pick<Program, 'readVariables'>,
  losses: Readonly<Record<string, Float32Array>>,
  reference: Reference,
  { prefix, loss }: { prefix: string; loss: string },
): void {
  for (const [name, wanted] of Object.entries(reference.losses)) {
    const found = losses[name === 'loss' ? loss : name]?.[0] ?? Number.NaN
    expect(Math.abs(found / wanted - 1), `the loss ${name}: ${found}`).toBeLessThan(tolerance)
  }
  const most = Math.max(...Object.values(reference.gradients).map(([norm]) => norm))
  // A bias in front of batch norm changes nothing: its gradient is rounding, and Adam makes steps of that.
  const isRounding = (name: string): boolean => {
    const weight = name in reference.weights ? name : name.replace(/\/[a-z]+$/, '')
    return (reference.gradients[weight]?.[0] ?? 0) < 1e-9 * most
  }
  const values = program.readVariables()
  expectTensors(values, reference.weights, (name) => name, isRounding)
  expectTensors(values, reference.slots, (name) => prefix + name, isRounding)
}

const adamDefaults = { beta1: 0, beta2: 0.9 }
const gans: { name: string; blocks: 'dcgan' | 'resnet'; norm: 'batch' | 'none'; objective: Objective }[] = [
  {
    name: 'wgan-gp',
    blocks: 'dcgan',
    norm: 'none',
    objective: wganGpObjective({ lambda: 10, ...adamDefaults }),
  },
  {
    name: 'wgan-gp-resnet',
    blocks: 'resnet',
    norm: 'none',
    objective: wganGpObjective({ lambda: 10, ...adamDefaults }),
  },
  { name: 'wgan', blocks: 'dcgan', norm: 'batch', objective: wganObjective({ clip: setting.clip }) },
  {
    name: 'dcgan',
    blocks: 'dcgan',
    norm: 'batch',
    objective: dcganObjective({ beta1: 0.5, beta2: 0.999 }),
  },
]

describeCompiled('one step agrees with an independent computation', () => {
  it.each(gans)('of the critic and of the generator of $name', ({ name, blocks, norm, objective }) => {
    const networks = networksOf({ size, channels, width, latent, blocks, norm })
    const { generator, critic } = createGanWeights(networks, createRandom(1))
    loadWeights(madeWeights(generator, critic), generator, critic)
    const config = {
      batch,
      latent,
      size,
      channels,
      ganSteps: 1,
      criticSteps: 1,
      learningRate: rate,
      decay: false,
      average: 0,
    }
    const { program, dispose } = createAdversarialSteps(config, networks, objective, generator, critic)
    const beginning = program.readVariables()
    const judged = program.steps.critic.run({ x, z: codes, mix, rate })
    expectStep(program, judged, referenceOf(name, 'critic'), {
      prefix: `${objective.optimizer.name}:critic/`,
      loss: 'critic',
    })
    program.writeVariables(beginning)
    const made = program.steps.generator.run({ z: codes, rate })
    expectStep(program, made, referenceOf(name, 'generator'), {
      prefix: `${objective.optimizer.name}:generator/`,
      loss: 'generator',
    })
    dispose()
    disposeWeights(generator, critic)
  })

  it.each(['izif', 'izi', 'ziz'] as const)('of the encoder of fanogan by %s', (encoder) => {
    const { k } = setting
    const config = fanoganConfigSchema.parse({ size, channels, width, latent, batch, encoder, k })
    const weights = createFanoganWeights(config, createRandom(1))
    const sets = Object.values(weights)
    loadWeights(madeWeights(...sets), ...sets)
    const { program, dispose } = createEncoderSteps(config, weights)
    const losses = program.steps.encoder.run({ x, z: codes, rate })
    expectStep(program, losses, referenceOf(`fanogan-${encoder}`, 'encoder'), {
      prefix: 'optimizer:encoder/',
      loss: 'encoder',
    })
    dispose()
    disposeWeights(...sets)
  })

  it('of all networks of ganomaly at once', () => {
    const { extraLayers } = setting
    const config = ganomalyConfigSchema.parse({ size, channels, width, latent, batch, extraLayers })
    const weights = createGanomalyWeights(config, createRandom(1))
    const sets = Object.values(weights)
    loadWeights(madeWeights(...sets), ...sets)
    const { program, dispose } = createGanomalySteps(config, weights)
    const losses = program.steps.train.run({ x, rate })
    for (const name of ['generator', 'discriminator']) {
      const reference = referenceOf('ganomaly', name)
      expectStep(program, losses, reference, { prefix: `adam:${name}/`, loss: name })
    }
    dispose()
    disposeWeights(...sets)
  })

  it('of the search of anogan', () => {
    const networks = networksOf({ size, channels, width, latent, blocks: 'dcgan', norm: 'batch' })
    const { generator, critic } = createGanWeights(networks, createRandom(1))
    loadWeights(madeWeights(generator, critic), generator, critic)
    const { program, dispose } = createSearchSteps(
      { searchOptimizer: 'adam', featureShare: setting.featureShare },
      networks,
      { generator, critic },
      { codes, batch },
    )
    const { features } = program.steps.features.run({ x })
    const losses = program.steps.search.run({ x, features, rate })
    expectStep(program, losses, referenceOf('anogan', 'search'), { prefix: '', loss: 'loss' })
    dispose()
    disposeWeights(generator, critic)
  })
})
