/**
 * Stage 2 of f-AnoGAN: the encoder E, with G and D fixed (Schlegl et al. 2019): `ziz`
 * 1/d*L2^2(z - E(G(z))), `izi` 1/n*L2^2(x - G(E(x))), `izif` = izi + k/n_d*L2^2(f(x) - f(G(E(x)))).
 */
import { compileAll, defineStep } from '../../graph/compile.ts'
import { adam, rmsprop } from '../../graph/optimizers.ts'
import type { Normalization } from '../../networks/batch-norm.ts'
import { critic, encoder, generator } from '../../networks/dcgan.ts'
import { observing } from '../../networks/measure.ts'
import { isStatistic, trainable } from '../../networks/weights.ts'
import { type Tensor, tf, type Variable } from '../../tensorflow.ts'
import { lossGradients } from '../../training/gradients.ts'
import { meanSquaredDistance } from '../losses.ts'
import type { FanoganConfig } from './config.ts'
import { type FanoganWeights, shapeOf } from './networks.ts'

/** Images in a preview of x beside G(E(x)). */
export const pairCount = 8

/** The compiled steps of stage 2; G and D are constants of its graphs. */
export function createEncoderStage(config: FanoganConfig, weights: FanoganWeights) {
  const shape = shapeOf(config)
  const { batch, latent, size, channels, k } = config
  const { generator: g, critic: d, encoder: e } = weights
  const eWeights = trainable(e)
  const optimizer =
    config.encoderOptimizer === 'adam'
      ? adam(eWeights, { beta1: 0.9, beta2: 0.999 })
      : rmsprop(eWeights, { decay: 0.9 })

  const variables: Record<string, Variable> = { ...e.variables }
  for (const [name, slot] of Object.entries(optimizer.slots)) variables[`optimizer:encoder/${name}`] = slot

  const images = { shape: [batch, size, size, channels] }
  const reconstruct = (x: Tensor, mode: Normalization) =>
    generator(g, shape, encoder(e, shape, x, mode), { from: 'measured' })

  /** Residual and feature distance of each sample. */
  const distances = (x: Tensor, mode: Normalization) => {
    const y = reconstruct(x, mode)
    return {
      residual: meanSquaredDistance(x, y),
      feature: meanSquaredDistance(critic(d, shape, x).features, critic(d, shape, y).features),
    }
  }
  const loss = (x: Tensor, z: Tensor): Tensor => {
    if (config.encoder === 'ziz') {
      const image = generator(g, shape, z, { from: 'measured' })
      return tf.mean(meanSquaredDistance(z, encoder(e, shape, image, { from: 'batch' })))
    }
    if (config.encoder === 'izi') return tf.mean(meanSquaredDistance(x, reconstruct(x, { from: 'batch' })))
    const { residual, feature } = distances(x, { from: 'batch' })
    return tf.mean(tf.add(residual, tf.mul(feature, k)))
  }

  const program = compileAll({
    variables,
    steps: {
      encoder: defineStep({
        inputs: { x: images, z: { shape: [batch, latent] }, rate: { shape: [] } },
        step: ({ x, z, rate }) => {
          const result = lossGradients(() => loss(x, z), eWeights)
          optimizer.apply(result.gradients, rate)
          return { encoder: result.loss }
        },
      }),
      observe: defineStep({
        inputs: { x: images },
        step: ({ x }) => {
          const { mode, statistics } = observing('encoder')
          encoder(e, shape, x, mode)
          return statistics
        },
      }),
      /** Per-sample residual and feature distance with measured statistics, for validation. */
      validate: defineStep({
        inputs: { x: images },
        step: ({ x }) => distances(x, { from: 'measured' }),
      }),
      reconstruct: defineStep({
        inputs: { x: { shape: [pairCount, size, size, channels] } },
        step: ({ x }) => ({ images: reconstruct(x, { from: 'measured' }) }),
      }),
    },
  })
  return {
    program,
    variables,
    /** Names of the variables that make the encoder, without the optimizer's. */
    encoderNames: Object.keys(e.variables),
    statisticNames: Object.keys(e.variables).filter(isStatistic),
    dispose() {
      program.dispose()
      tf.dispose(optimizer.slots)
    },
  }
}
export type EncoderStage = ReturnType<typeof createEncoderStage>
