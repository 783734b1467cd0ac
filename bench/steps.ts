/**
 * f-AnoGAN's steps as the benchmark measures them and as the compiler's tests compare them: the product's
 * networks, losses and optimizers, without what else a training does.
 */
import { defineStep, type ProgramDefinition, type StepDefinition } from '../src/main/engine/graph/compile.ts'
import { adam, type Named } from '../src/main/engine/graph/optimizers.ts'
import { critic, encoder, generator, type NetworkShape } from '../src/main/engine/networks/dcgan.ts'
import { createWeights, trainable } from '../src/main/engine/networks/weights.ts'
import {
  anomalyMap,
  gradientPenalty,
  meanSquaredDistance,
  wassersteinCriticLoss,
  wassersteinGeneratorLoss,
} from '../src/main/engine/systems/losses.ts'
import { tf, type Variable } from '../src/main/engine/tensorflow.ts'
import { lossGradients } from '../src/main/engine/training/gradients.ts'
import { createRandom, type Random } from '../src/main/platform/random.ts'

const byBatch = { from: 'batch' } as const
const measured = { from: 'measured' } as const

/** The variables of several sets, each with a prefix to its names. */
function joined(sets: Readonly<Record<string, Named<Variable>>>): Record<string, Variable> {
  const all: Record<string, Variable> = {}
  for (const [prefix, set] of Object.entries(sets)) {
    for (const [name, variable] of Object.entries(set)) all[prefix + name] = variable
  }
  return all
}

/**
 * Biases, scales and statistics as a training leaves them, all different: TensorFlow leaves out the addition of a
 * bias that is zero, as they all are in fresh networks, and then does not join what follows with the convolution.
 */
function asTrained(variables: Named<Variable>, random: Random): void {
  for (const [name, variable] of Object.entries(variables)) {
    const around = { bias: 0, offset: 0, mean: 0, scale: 1, variance: 1 }[/[^/]+$/.exec(name)?.[0] ?? '']
    if (around === undefined) continue
    const values = random
      .fillUniform(new Float32Array(variable.size))
      .map((value) => around + (value - 0.5) / 5)
    variable.assign(tf.tensor(values, variable.shape))
  }
}

const define = <D extends Record<string, StepDefinition>>(definition: ProgramDefinition<D>) => definition

/**
 * Seeded networks, fresh or with biases as if they had been trained, and the three programs of f-AnoGAN on them, all
 * for one size of batch.
 */
export function fanoganPrograms(shape: NetworkShape, batch: number, { trained = false } = {}) {
  const random = createRandom(1)
  const g = createWeights('generator', random)
  const d = createWeights('critic', random)
  const e = createWeights('encoder', random)
  tf.tidy(() => {
    const image = generator(g, shape, tf.zeros([1, shape.latent]), byBatch)
    critic(d, shape, image)
    encoder(e, shape, image, byBatch)
  })
  if (trained) for (const { variables } of [g, d, e]) tf.tidy(() => asTrained(variables, random))
  const [gWeights, dWeights, eWeights] = [trainable(g), trainable(d), trainable(e)]
  const wgan = { beta1: 0, beta2: 0.9 }
  const [gAdam, dAdam, eAdam] = [adam(gWeights, wgan), adam(dWeights, wgan), adam(eWeights)]
  const images = { shape: [batch, shape.size, shape.size, shape.channels] }
  const codes = { shape: [batch, shape.latent] }
  const rate = { shape: [] }

  const gan = define({
    variables: joined({ '': gWeights, 'd:': dWeights, 'gAdam:': gAdam.slots, 'dAdam:': dAdam.slots }),
    steps: {
      critic: defineStep({
        inputs: { x: images, z: codes, mix: { shape: [batch, 1, 1, 1] }, rate },
        step: ({ x, z, mix, rate }) => {
          const fake = generator(g, shape, z, byBatch)
          const value = (image: typeof x) => critic(d, shape, image).value
          const { loss, gradients } = lossGradients(() => {
            const difference = wassersteinCriticLoss(value(x), value(fake))
            return tf.add(difference, tf.mul(gradientPenalty(value, x, fake, mix), 10))
          }, dWeights)
          dAdam.apply(gradients, rate)
          return { loss }
        },
      }),
      generator: defineStep({
        inputs: { z: codes, rate },
        step: ({ z, rate }) => {
          const { loss, gradients } = lossGradients(
            () => wassersteinGeneratorLoss(critic(d, shape, generator(g, shape, z, byBatch)).value),
            gWeights,
          )
          gAdam.apply(gradients, rate)
          return { loss }
        },
      }),
    },
  })
  const encoding = define({
    variables: joined({ '': eWeights, 'eAdam:': eAdam.slots }),
    steps: {
      encoder: defineStep({
        inputs: { x: images, rate },
        step: ({ x, rate }) => {
          const { loss, gradients } = lossGradients(() => {
            const y = generator(g, shape, encoder(e, shape, x, byBatch), measured)
            const features = [critic(d, shape, x).features, critic(d, shape, y).features] as const
            return tf.mean(tf.add(meanSquaredDistance(x, y), meanSquaredDistance(...features)))
          }, eWeights)
          eAdam.apply(gradients, rate)
          return { loss }
        },
      }),
    },
  })
  const scoring = define({
    variables: {},
    steps: {
      score: defineStep({
        inputs: { x: images },
        step: ({ x }) => {
          const z = encoder(e, shape, x, measured)
          const y = generator(g, shape, z, measured)
          const [real, restored] = [critic(d, shape, x), critic(d, shape, y)]
          return {
            residual: meanSquaredDistance(x, y),
            feature: meanSquaredDistance(real.features, restored.features),
            latent: meanSquaredDistance(z, encoder(e, shape, y, measured)),
            discriminator: real.value,
            map: anomalyMap(x, y),
          }
        },
      }),
    },
  })
  return {
    gan,
    encoding,
    scoring,
    dispose() {
      for (const set of [g.variables, d.variables, e.variables, gAdam.slots, dAdam.slots, eAdam.slots]) {
        tf.dispose(Object.values(set))
      }
    },
  }
}

/** Seeded inputs of all steps for one call. */
export function fanoganInputs(shape: NetworkShape, batch: number, seed: number) {
  const random = createRandom(seed, 'inputs')
  const pixels = shape.size * shape.size * shape.channels
  return {
    x: random.fillUniform(new Float32Array(batch * pixels)).map((value) => 2 * value - 1),
    z: random.fillNormal(new Float32Array(batch * shape.latent)),
    mix: random.fillUniform(new Float32Array(batch)),
    rate: 1e-4,
  }
}
