/** Every system's steps and scores, compiled against eager, on whole and on smaller batches, and after a resume. */

import { expect, it } from 'vitest'
import { compilingWith, type InputValue, type Step } from '../../../../src/main/engine/graph/compile.ts'
import { networksOf } from '../../../../src/main/engine/networks/blocks.ts'
import { disposeWeights } from '../../../../src/main/engine/networks/stored-weights.ts'
import type { TileScorer } from '../../../../src/main/engine/scoring/tile-scorer.ts'
import { createAdversarialSteps } from '../../../../src/main/engine/systems/adversarial-stage.ts'
import { createSearchScorer } from '../../../../src/main/engine/systems/anogan/search.ts'
import { createCriticScorer } from '../../../../src/main/engine/systems/critic-scorer.ts'
import { dcganObjective } from '../../../../src/main/engine/systems/dcgan/objective.ts'
import { createEncoderSteps } from '../../../../src/main/engine/systems/fanogan/encoder-stage.ts'
import { createFanoganWeights } from '../../../../src/main/engine/systems/fanogan/networks.ts'
import { createFanoganScorer } from '../../../../src/main/engine/systems/fanogan/scorer.ts'
import { createGanWeights } from '../../../../src/main/engine/systems/gan-system.ts'
import { createGanomalyWeights } from '../../../../src/main/engine/systems/ganomaly/networks.ts'
import { createGanomalyScorer } from '../../../../src/main/engine/systems/ganomaly/scorer.ts'
import { createGanomalySteps } from '../../../../src/main/engine/systems/ganomaly/steps.ts'
import { wganObjective } from '../../../../src/main/engine/systems/wgan/objective.ts'
import { wganGpObjective } from '../../../../src/main/engine/systems/wgan-gp/objective.ts'
import { fanoganConfigSchema } from '../../../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../../../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { describeCompiled, relativeDifference } from './native.ts'

type Mode = 'compiled' | 'eager'
type Values = Readonly<Record<string, Float32Array>>

/** Steps that train together on fresh weights, always the same. */
interface Training {
  steps: readonly Step[]
  readVariables(): Values
  writeVariables(values: Values): void
  dispose(): void
}

const shape = { size: 32, channels: 1, width: 4, latent: 8 } as const
const tolerance = 1e-5

function gan(objective: Parameters<typeof createAdversarialSteps>[2], norm: 'none' | 'batch') {
  return (batch: number): Training => {
    const networks = networksOf({ ...shape, blocks: 'dcgan', norm })
    const { generator, critic } = createGanWeights(networks, createRandom(1))
    const config = {
      ...shape,
      batch,
      ganSteps: 1,
      criticSteps: 1,
      learningRate: 1e-4,
      generatorRate: 1,
      decay: false,
      average: 0.9,
    }
    const { program, dispose } = createAdversarialSteps(config, networks, objective, generator, critic)
    return {
      ...program,
      steps: [program.steps.critic, program.steps.generator],
      dispose() {
        dispose()
        disposeWeights(generator, critic)
      },
    }
  }
}

const encoderBy =
  (encoder: 'izif' | 'izi' | 'ziz') =>
  (batch: number): Training => {
    const config = fanoganConfigSchema.parse({ ...shape, batch, encoder })
    const weights = createFanoganWeights(config, createRandom(1))
    const { program, dispose } = createEncoderSteps(config, weights)
    return {
      ...program,
      steps: [program.steps.encoder],
      dispose() {
        dispose()
        disposeWeights(...Object.values(weights))
      },
    }
  }

function ganomaly(batch: number): Training {
  const config = ganomalyConfigSchema.parse({ ...shape, batch })
  const weights = createGanomalyWeights(config, createRandom(1))
  const { program, dispose } = createGanomalySteps(config, weights)
  return {
    ...program,
    steps: [program.steps.train],
    dispose() {
      dispose()
      disposeWeights(...Object.values(weights))
    },
  }
}

const trainings: [string, (batch: number) => Training][] = [
  ['dcgan', gan(dcganObjective({ beta1: 0.5, beta2: 0.999 }), 'batch')],
  ['wgan', gan(wganObjective({ clip: 0.01 }), 'batch')],
  ['wgan-gp', gan(wganGpObjective({ lambda: 10, beta1: 0, beta2: 0.9 }), 'none')],
  ['the encoder by izif', encoderBy('izif')],
  ['the encoder by izi', encoderBy('izi')],
  ['the encoder by ziz', encoderBy('ziz')],
  ['ganomaly', ganomaly],
]

/** Seeded values for a step's inputs; the rate is a rate. */
function inputsOf(step: Step, call: number): Record<string, InputValue> {
  const random = createRandom(call, step.name)
  return Object.fromEntries(
    Object.entries(step.inputs).map(([name, { shape: sides }]) => {
      const values = new Float32Array(sides.reduce((product, side) => product * side, 1))
      if (name === 'rate') return [name, 1e-4]
      if (name === 'z') return [name, random.fillNormal(values)]
      return [name, random.fillUniform(values)]
    }),
  )
}

function train(training: Training, from: number, to: number): number[] {
  const losses: number[] = []
  for (let call = from; call < to; call++) {
    for (const step of training.steps) {
      for (const values of Object.values(step.run(inputsOf(step, call)))) losses.push(...values)
    }
  }
  return losses
}

/** What 20 steps return; with `resumed`, the second half in other programs that are given the variables. */
function twentySteps(make: (batch: number) => Training, mode: Mode, batch: number, resumed: boolean) {
  return compilingWith({ mode }, () => {
    let training = make(batch)
    const losses = train(training, 0, 10)
    if (resumed) {
      const values = training.readVariables()
      training.dispose()
      training = make(batch)
      training.writeVariables(values)
    }
    losses.push(...train(training, 10, 20))
    const variables = training.readVariables()
    training.dispose()
    return { losses: Float32Array.from(losses), variables }
  })
}

/** The weights of each network as one vector, without the state of the optimizers. */
function networksOfVariables(variables: Values): Map<string, Float32Array> {
  const networks = new Map<string, number[]>()
  for (const [name, values] of Object.entries(variables)) {
    if (/^(adam|rmsprop|optimizer):/.test(name)) continue
    const [network = ''] = name.split('/')
    networks.set(network, [...(networks.get(network) ?? []), ...values])
  }
  return new Map([...networks].map(([network, values]) => [network, Float32Array.from(values)]))
}

describeCompiled('20 compiled steps', () => {
  const cases = trainings.flatMap(([name, make]) => [
    { name, make, batch: 8, kind: 'whole' },
    { name, make, batch: 5, kind: 'last, smaller' },
  ])
  it.each(cases)('of $name equal eager ones to 1e-5 on $kind batches, after a resume too', (example) => {
    const { make, batch } = example
    const eager = twentySteps(make, 'eager', batch, false)
    const compiled = twentySteps(make, 'compiled', batch, true)
    expect(relativeDifference(compiled.losses, eager.losses)).toBeLessThan(tolerance)
    for (const [network, weights] of networksOfVariables(eager.variables)) {
      const own = networksOfVariables(compiled.variables).get(network) ?? new Float32Array()
      expect(relativeDifference(own, weights), network).toBeLessThan(tolerance)
    }
  })

  it.each(trainings)('of %s that were interrupted leave the same bits', (_, make) => {
    const whole = twentySteps(make, 'compiled', 6, false)
    expect(twentySteps(make, 'compiled', 6, true)).toEqual(whole)
  })
})

/** A scorer on fresh weights; compiled ones hold the weights. */
const scorers: [string, (batch: number) => TileScorer][] = [
  [
    'fanogan',
    (batch) => {
      const config = fanoganConfigSchema.parse({ ...shape })
      return createFanoganScorer(config, createFanoganWeights(config, createRandom(1)), batch)
    },
  ],
  [
    'ganomaly',
    (batch) => {
      const config = ganomalyConfigSchema.parse({ ...shape })
      return createGanomalyScorer(config, createGanomalyWeights(config, createRandom(1)), batch)
    },
  ],
  [
    'anogan',
    (batch) => {
      const networks = networksOf({ ...shape, blocks: 'dcgan', norm: 'batch' })
      const search = {
        searchSteps: 20,
        searchOptimizer: 'adam',
        searchLearningRate: 1e-2,
        featureShare: 0.1,
      } as const
      return createSearchScorer(search, networks, createGanWeights(networks, createRandom(1)), batch)
    },
  ],
  [
    'a critic',
    (batch) => {
      const networks = networksOf({ ...shape, blocks: 'dcgan', norm: 'batch' })
      return createCriticScorer(networks, createGanWeights(networks, createRandom(1)).critic, batch)
    },
  ],
]

describeCompiled('compiled scores', () => {
  it.each(scorers)('of %s equal eager ones to 1e-5 on whole and on smaller batches', (_, make) => {
    for (const batch of [6, 3]) {
      const own = compilingWith({ mode: 'compiled' }, () => make(batch))
      const eager = compilingWith({ mode: 'eager' }, () => make(batch))
      const length = shape.size * shape.size * shape.channels
      for (let call = 0; call < 3; call++) {
        const tiles = createRandom(call).fillUniform(new Float32Array(batch * length))
        const [a, b] = [own.score(tiles), eager.score(tiles)]
        expect(relativeDifference(a.components, b.components)).toBeLessThan(tolerance)
        for (const kind of ['map', 'reconstruction'] as const) {
          if (!a.pictures || !b.pictures) continue
          expect(relativeDifference(a.pictures[kind], b.pictures[kind]), kind).toBeLessThan(tolerance)
        }
        expect(relativeDifference(own.discriminate(tiles), eager.discriminate(tiles))).toBeLessThan(tolerance)
      }
      own.dispose()
      eager.dispose()
    }
  })
})
