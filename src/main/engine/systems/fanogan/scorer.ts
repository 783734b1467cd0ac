/** Computes all outputs of f-AnoGAN for a batch of tiles in one call of the graph. */

import { fanoganComponents } from '../../../model/scores.ts'
import type { FanoganConfig } from '../../../model/systems/fanogan/config.ts'
import { compileAll, defineStep } from '../../graph/compile.ts'
import { largestAverage } from '../../scoring/peak.ts'
import { nothingElse, type ScorerRequest, type TileScorer } from '../../scoring/tile-scorer.ts'
import { tf } from '../../tensorflow.ts'
import { anomalyMap, meanSquaredDistance } from '../losses.ts'
import { componentsFor, restorationAnswer, restorationOutputs } from '../restoration.ts'
import { type FanoganWeights, fanoganNetworks } from './networks.ts'

/**
 * Compiles scoring for batches of `batch` tiles. All weights are constants of the graph.
 */
export function createFanoganScorer(
  config: FanoganConfig,
  weights: FanoganWeights,
  batch: number,
  request: ScorerRequest = nothingElse,
): TileScorer {
  const networks = fanoganNetworks(config)
  const { size, channels } = networks.shape
  const measured = { from: 'measured' } as const
  const program = compileAll({
    variables: {},
    steps: {
      score: defineStep({
        inputs: { x: { shape: [batch, size, size, channels] } },
        step: ({ x }) => {
          const z = networks.encoder(weights.encoder, x, measured)
          const y = networks.generator(weights.generator, z, measured)
          const code = networks.encoder(weights.encoder, y, measured)
          const real = networks.critic(weights.critic, x, measured)
          const restored = networks.critic(weights.critic, y, measured)
          const map = anomalyMap(x, y)
          const components = {
            residual: meanSquaredDistance(x, y),
            feature: meanSquaredDistance(real.features, restored.features),
            latent: meanSquaredDistance(z, code),
            discriminator: tf.reshape(real.value, [-1]),
            peak: largestAverage(map, networks.shape),
          }
          const early = { x: real.early, y: restored.early }
          return restorationOutputs(
            { names: fanoganComponents, components, map, reconstruction: y, code: z, early },
            request,
          )
        },
      }),
      discriminate: defineStep({
        inputs: { x: { shape: [batch, size, size, channels] } },
        step: ({ x }) => ({ value: networks.critic(weights.critic, x, measured).value }),
      }),
    },
  })
  return {
    size,
    channels,
    batch,
    componentNames: componentsFor(fanoganComponents, request),
    score: (tiles) => restorationAnswer(program.steps.score.run({ x: tiles })),
    discriminate: (tiles) => program.steps.discriminate.run({ x: tiles }).value,
    dispose: () => program.dispose(),
  }
}
