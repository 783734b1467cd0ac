/**
 * Stage 1 of f-AnoGAN: WGAN-GP (Gulrajani et al. 2017, algorithm 1) on normal images, as one program of
 * compiled steps.
 */

import { compileAll, defineStep } from '../../graph/compile.ts'
import { adam } from '../../graph/optimizers.ts'
import { critic, generator } from '../../networks/dcgan.ts'
import { observing } from '../../networks/measure.ts'
import { isStatistic, trainable, type Weights } from '../../networks/weights.ts'
import { tf, type Variable } from '../../tensorflow.ts'
import { lossGradients } from '../../training/gradients.ts'
import { gradientPenalty, wassersteinCriticLoss, wassersteinGeneratorLoss } from '../losses.ts'
import type { FanoganConfig } from './config.ts'
import { shapeOf } from './networks.ts'

/** Pictures in a preview of G(z). */
export const previewCount = 16

/** Weights that follow others as a moving average; they have the same names in another scope. */
function averageOf(weights: Weights): Weights {
  const variables: Record<string, Variable> = {}
  for (const [name, variable] of Object.entries(weights.variables)) {
    variables[name] = tf.tidy(() => tf.variable(variable, false))
  }
  return {
    variables,
    get(name) {
      const variable = variables[`generator/${name}`]
      if (!variable) throw new RangeError(`the generator has no weight ${name}`)
      return variable
    },
  }
}

/** The compiled steps of stage 1. */
export function createGanStage(config: FanoganConfig, g: Weights, d: Weights) {
  const shape = shapeOf(config)
  const { batch, latent, size, channels, lambda, beta1, beta2, average } = config
  const gWeights = trainable(g)
  const dWeights = trainable(d)
  const gAdam = adam(gWeights, { beta1, beta2 })
  const dAdam = adam(dWeights, { beta1, beta2 })
  const averaged = averageOf(g)

  const variables: Record<string, Variable> = {}
  const list = (prefix: string, set: Readonly<Record<string, Variable>>) => {
    for (const [name, variable] of Object.entries(set)) variables[prefix + name] = variable
  }
  list('', gWeights)
  list('', dWeights)
  list('adam:generator/', gAdam.slots)
  list('adam:critic/', dAdam.slots)
  for (const [name, variable] of Object.entries(averaged.variables)) {
    if (!isStatistic(name)) variables[`average:${name}`] = variable
  }

  const images = { shape: [batch, size, size, channels] }
  const codes = { shape: [batch, latent] }
  const program = compileAll({
    variables,
    steps: {
      /** One critic update: mean(D(G(z))) - mean(D(x)) + lambda * penalty. */
      critic: defineStep({
        inputs: { x: images, z: codes, mix: { shape: [batch, 1, 1, 1] }, rate: { shape: [] } },
        step: ({ x, z, mix, rate }) => {
          const fake = generator(g, shape, z, { from: 'batch' })
          const parts: { wasserstein?: ReturnType<typeof tf.keep>; penalty?: ReturnType<typeof tf.keep> } = {}
          const { loss, gradients } = lossGradients(() => {
            const value = (image: typeof x) => critic(d, shape, image).value
            const difference = wassersteinCriticLoss(value(x), value(fake))
            const penalty = gradientPenalty(value, x, fake, mix)
            parts.wasserstein = tf.keep(tf.neg(difference))
            parts.penalty = tf.keep(penalty.clone())
            return tf.add(difference, tf.mul(penalty, lambda))
          }, dWeights)
          dAdam.apply(gradients, rate)
          return { critic: loss, wasserstein: parts.wasserstein ?? loss, penalty: parts.penalty ?? loss }
        },
      }),
      /** One generator update: -mean(D(G(z))). */
      generator: defineStep({
        inputs: { z: codes, rate: { shape: [] } },
        step: ({ z, rate }) => {
          const { loss, gradients } = lossGradients(
            () => wassersteinGeneratorLoss(critic(d, shape, generator(g, shape, z, { from: 'batch' })).value),
            gWeights,
          )
          gAdam.apply(gradients, rate)
          tf.tidy(() => {
            for (const [name, weight] of Object.entries(gWeights)) {
              const follower = averaged.variables[name]
              if (follower) follower.assign(tf.add(tf.mul(follower, average), tf.mul(weight, 1 - average)))
            }
          })
          return { generator: loss }
        },
      }),
      /** Statistics of the averaged generator's batch norm layers on one batch. */
      observe: defineStep({
        inputs: { z: codes },
        step: ({ z }) => {
          const { mode, statistics } = observing('generator')
          generator(averaged, shape, z, mode)
          return statistics
        },
      }),
      /** Pictures of the averaged generator, normalized by their own batch. */
      sample: defineStep({
        inputs: { z: { shape: [previewCount, latent] } },
        step: ({ z }) => ({ images: generator(averaged, shape, z, { from: 'batch' }) }),
      }),
    },
  })
  return {
    program,
    variables,
    dispose() {
      program.dispose()
      tf.dispose([gAdam.slots, dAdam.slots, averaged.variables])
    },
  }
}
export type GanStage = ReturnType<typeof createGanStage>
