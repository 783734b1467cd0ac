/**
 * Stage 2 of f-AnoGAN: the encoder E, with G and D fixed (Schlegl et al. 2019): `ziz`
 * 1/d*L2^2(z - E(G(z))), `izi` 1/n*L2^2(x - G(E(x))), `izif` = izi + k/n_d*L2^2(f(x) - f(G(E(x)))).
 */

import { elementAt } from '../../../../shared/element-at.ts'
import type { FanoganConfig } from '../../../model/systems/fanogan/config.ts'
import { compileAll, defineStep } from '../../graph/compile.ts'
import { adam, rmsprop } from '../../graph/optimizers.ts'
import type { Normalization } from '../../networks/batch-norm.ts'
import { observing, statisticsOver } from '../../networks/measure.ts'
import { trainable } from '../../networks/weights.ts'
import { type Tensor, tf, type Variable } from '../../tensorflow.ts'
import { lossGradients } from '../../training/gradients.ts'
import { previewPairs } from '../../training/pairs.ts'
import type { Stage, StageDefinition, StageTools } from '../../training/stage.ts'
import { meanSquaredDistance } from '../losses.ts'
import { type FanoganWeights, fanoganNetworks } from './networks.ts'

/** Images in a preview of x beside G(E(x)). */
const pairCount = 8

/** The compiled steps of stage 2; G and D are constants of its graphs. */
export function createEncoderSteps(config: FanoganConfig, weights: FanoganWeights) {
  const networks = fanoganNetworks(config)
  const { batch, latent, k } = config
  const { size, channels } = networks.shape
  const { generator: g, critic: d, encoder: e } = weights
  const eWeights = trainable(e)
  const optimizer =
    config.encoderOptimizer === 'adam'
      ? adam(eWeights, { beta1: 0.9, beta2: 0.999 })
      : rmsprop(eWeights, { decay: 0.9 })

  const variables: Record<string, Variable> = { ...e.variables }
  for (const [name, slot] of Object.entries(optimizer.slots)) variables[`optimizer:encoder/${name}`] = slot

  const images = { shape: [batch, size, size, channels] }
  const measured = { from: 'measured' } as const
  const features = (x: Tensor): Tensor => networks.critic(d, x, measured).features
  const reconstruct = (x: Tensor, mode: Normalization) =>
    networks.generator(g, networks.encoder(e, x, mode), measured)

  /** Residual and feature distance of each sample. */
  const distances = (x: Tensor, mode: Normalization) => {
    const y = reconstruct(x, mode)
    return {
      residual: meanSquaredDistance(x, y),
      feature: meanSquaredDistance(features(x), features(y)),
    }
  }
  const loss = (x: Tensor, z: Tensor): Tensor => {
    if (config.encoder === 'ziz') {
      const image = networks.generator(g, z, measured)
      return tf.mean(meanSquaredDistance(z, networks.encoder(e, image, { from: 'batch' })))
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
        step: ({ x }): Record<string, Tensor> => {
          const { mode, statistics } = observing('encoder')
          const code = networks.encoder(e, x, mode)
          return networks.haveStatistics ? statistics : { code }
        },
      }),
      /** Per-sample residual and feature distance with measured statistics, for validation. */
      validate: defineStep({
        inputs: { x: images },
        step: ({ x }) => distances(x, measured),
      }),
      reconstruct: defineStep({
        inputs: { x: { shape: [pairCount, size, size, channels] } },
        step: ({ x }) => ({ images: reconstruct(x, measured) }),
      }),
    },
  })
  return {
    program,
    variables,
    shape: networks.shape,
    hasStatistics: networks.haveStatistics,
    /** Names of the variables that make the encoder, without the optimizer's. */
    encoderNames: Object.keys(e.variables),
    dispose() {
      program.dispose()
      tf.dispose(optimizer.slots)
    },
  }
}

/** The stage of a training that leaves the encoder with the lowest loss on the normal validation images. */
export function encoderStage(config: FanoganConfig): StageDefinition<FanoganWeights> {
  const { encoderSteps, encoderLearningRate, decay, validateEvery, patience } = config
  return {
    phase: 'encoder',
    steps: encoderSteps,
    learningRate: encoderLearningRate,
    decay,
    // About as much as one critic step.
    cost: 1,
    choosing: { every: validateEvery, patience, criterion: (images) => `encoder loss on ${images}` },
    given: ({ generator, critic }) => [generator, critic],
    makes: ({ encoder }) => [encoder],
    open: (weights, tools) => openStage(config, createEncoderSteps(config, weights), tools),
  }
}

function openStage(
  config: FanoganConfig,
  { program, variables, shape, hasStatistics, encoderNames, dispose }: ReturnType<typeof createEncoderSteps>,
  tools: StageTools,
): Stage {
  const { batch, latent, k } = config
  const { size, channels } = shape
  const { steps } = program
  const { batches, noise } = tools
  const z = new Float32Array(batch * latent)
  const length = batch * size * size * channels
  let trainingLoss = 0

  /** Measures the encoder's batch norm statistics on training images, the same ones each time. */
  async function measureStatistics(): Promise<void> {
    if (!hasStatistics) return
    const photographs = tools.batchesFor('encoder-statistics')
    program.writeVariables(await statisticsOver(photographs, (x) => steps.observe.run({ x })))
  }

  return {
    program,
    variables,
    async step(rate) {
      const x = await batches.next()
      const losses = steps.encoder.run({ x, z: noise.fillNormal(z), rate })
      trainingLoss = elementAt(losses.encoder, 0, 'encoder loss')
      return losses
    },
    choice: {
      variables: encoderNames,
      /** The loss on the validation images with measured statistics; the training loss where there are none. */
      async measure() {
        await measureStatistics()
        const { tiles, count } = await tools.validation()
        if (count === 0) return trainingLoss
        let sum = 0
        for (let at = 0; at < tiles.length; at += length) {
          const { residual, feature } = steps.validate.run({ x: tiles.subarray(at, at + length) })
          for (let i = 0; i < batch; i++) {
            sum += elementAt(residual, i, 'residuals') + k * elementAt(feature, i, 'feature distances')
          }
        }
        return sum / count
      },
    },
    async preview() {
      await measureStatistics()
      const shown = { count: pairCount, one: size * size * channels }
      await previewPairs(tools, shown, (x) => steps.reconstruct.run({ x }).images)
    },
    end: async (best) => best,
    dispose,
  }
}
