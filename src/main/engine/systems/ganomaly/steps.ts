/**
 * The training step of GANomaly (Akcay et al. 2018, equations 1 to 5, and the authors' code): G_E, G_D and E together
 * minimize w_adv*L2(f(x) - f(G(x))) + w_con*L1(x - G(x)) + w_enc*L2(G_E(x) - E(G(x))), L1 and L2 as means; D
 * minimizes half the binary cross entropy on x and G(x).
 */

import type { GanomalyConfig } from '../../../model/systems/ganomaly/config.ts'
import { compileAll, defineStep } from '../../graph/compile.ts'
import { adam } from '../../graph/optimizers.ts'
import type { Normalization } from '../../networks/batch-norm.ts'
import { observing } from '../../networks/measure.ts'
import { trainable } from '../../networks/weights.ts'
import { type Tensor, tf, type Variable } from '../../tensorflow.ts'
import { lossGradients } from '../../training/gradients.ts'
import { discriminatorLoss, meanAbsoluteDistance, meanSquaredDistance } from '../losses.ts'
import { decode, discriminate, encode, type GanomalyWeights, shapeOf } from './networks.ts'

/** Images in a preview of x beside G(x). */
const pairCount = 8

const byBatch = { from: 'batch' } as const
const measured = { from: 'measured' } as const

/** The compiled steps on these weights. */
export function createGanomalySteps(config: GanomalyConfig, weights: GanomalyWeights) {
  const shape = shapeOf(config)
  const { size, channels } = shape
  const { batch, beta1, beta2, adversarialWeight, contextWeight, encoderWeight } = config
  const { encoder, decoder, reencoder, discriminator } = weights
  const gWeights = { ...trainable(encoder), ...trainable(decoder), ...trainable(reencoder) }
  const dWeights = trainable(discriminator)
  const gAdam = adam(gWeights, { beta1, beta2 })
  const dAdam = adam(dWeights, { beta1, beta2 })
  const variables: Record<string, Variable> = {}
  for (const set of Object.values(weights)) Object.assign(variables, set.variables)
  for (const [name, slot] of Object.entries(gAdam.slots)) variables[`adam:generator/${name}`] = slot
  for (const [name, slot] of Object.entries(dAdam.slots)) variables[`adam:discriminator/${name}`] = slot

  const restore = (x: Tensor, mode: Normalization) => {
    const code = encode(encoder, shape, x, mode)
    return { code, y: decode(decoder, shape, code, mode) }
  }
  const images = { shape: [batch, size, size, channels] }
  const pairs = Math.min(pairCount, batch)
  const program = compileAll({
    variables,
    steps: {
      /** One step of all networks; D's gradient is that of G(x) as it was before the step. */
      train: defineStep({
        inputs: { x: images, rate: { shape: [] } },
        step: ({ x, rate }) => {
          const kept: Tensor[] = []
          const keep = (tensor: Tensor): Tensor => {
            const own = tf.keep(tensor.clone())
            kept.push(own)
            return own
          }
          const generator = lossGradients(() => {
            const { code, y } = restore(x, byBatch)
            const features = (image: Tensor) => discriminate(discriminator, shape, image, byBatch).features
            const adversarial = tf.mean(meanSquaredDistance(features(x), features(y)))
            const context = tf.mean(meanAbsoluteDistance(x, y))
            const again = tf.mean(meanSquaredDistance(code, encode(reencoder, shape, y, byBatch)))
            for (const tensor of [y, adversarial, context, again]) keep(tensor)
            return tf.addN([
              tf.mul(adversarial, adversarialWeight),
              tf.mul(context, contextWeight),
              tf.mul(again, encoderWeight),
            ])
          }, gWeights)
          const [y, ...parts] = kept
          const judged = lossGradients(() => {
            const value = (image: Tensor) => discriminate(discriminator, shape, image, byBatch).value
            return tf.mul(discriminatorLoss(value(x), value(y ?? x)), 0.5)
          }, dWeights)
          gAdam.apply(generator.gradients, rate)
          dAdam.apply(judged.gradients, rate)
          const [adversarial, context, code] = parts.map((part) => part.clone())
          tf.dispose(kept)
          return {
            generator: generator.loss,
            discriminator: judged.loss,
            adversarial: adversarial ?? generator.loss,
            context: context ?? generator.loss,
            code: code ?? generator.loss,
          }
        },
      }),
      /** Statistics of all batch norm layers on one batch. */
      observe: defineStep({
        inputs: { x: images },
        step: ({ x }): Record<string, Tensor> => {
          const scopes = {
            encoder: observing('encoder'),
            decoder: observing('decoder'),
            reencoder: observing('reencoder'),
            discriminator: observing('discriminator'),
          }
          const y = decode(
            decoder,
            shape,
            encode(encoder, shape, x, scopes.encoder.mode),
            scopes.decoder.mode,
          )
          encode(reencoder, shape, y, scopes.reencoder.mode)
          discriminate(discriminator, shape, x, scopes.discriminator.mode)
          const statistics: Record<string, Tensor> = {}
          for (const scope of Object.values(scopes)) Object.assign(statistics, scope.statistics)
          return shape.of === 'features' ? { y } : statistics
        },
      }),
      /** Per-sample distances of images and codes with measured statistics, for validation. */
      validate: defineStep({
        inputs: { x: images },
        step: ({ x }) => {
          const { code, y } = restore(x, measured)
          return {
            context: meanAbsoluteDistance(x, y),
            code: meanSquaredDistance(code, encode(reencoder, shape, y, measured)),
          }
        },
      }),
      reconstruct: defineStep({
        inputs: { x: { shape: [pairs, size, size, channels] } },
        step: ({ x }) => ({ images: restore(x, measured).y }),
      }),
      /** The same, normalized by the statistics of its own batch, as during training. */
      restoreNow: defineStep({ inputs: { x: images }, step: ({ x }) => ({ images: restore(x, byBatch).y }) }),
    },
  })
  return {
    program,
    variables,
    pairs,
    shape,
    /** Names of the variables that make the networks, without the optimizers'. */
    networkNames: Object.values(weights).flatMap((set) => Object.keys(set.variables)),
    dispose() {
      program.dispose()
      tf.dispose([gAdam.slots, dAdam.slots])
    },
  }
}
