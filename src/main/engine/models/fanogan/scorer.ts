/** Everything f-AnoGAN says about a batch of tiles, in one graph call. */
import { compileAll, defineStep } from '../../graph/compile.ts'
import { fanoganComponents } from '../../scores.ts'
import type { TileScorer } from '../../scoring/tile-scorer.ts'
import { type Tensor, tf } from '../../tensorflow.ts'
import { anomalyMap, meanSquaredDistance } from '../losses.ts'
import { largestAverage } from '../peak.ts'
import type { FanoganConfig } from './config.ts'
import { type FanoganWeights, fanoganNetworks } from './networks.ts'

/**
 * Compiles scoring for batches of `batch` tiles. All weights are constants of the graph.
 */
export function createFanoganScorer(
  config: FanoganConfig,
  weights: FanoganWeights,
  batch: number,
): TileScorer {
  const networks = fanoganNetworks(config)
  const { size, channels } = config
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
          const components: Record<(typeof fanoganComponents)[number], Tensor> = {
            residual: meanSquaredDistance(x, y),
            feature: meanSquaredDistance(real.features, restored.features),
            latent: meanSquaredDistance(z, code),
            discriminator: tf.reshape(real.value, [-1]),
            peak: largestAverage(map),
          }
          const table = tf.stack(
            fanoganComponents.map((name) => components[name]),
            1,
          )
          return { components: table, map, reconstruction: y }
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
    componentNames: [...fanoganComponents],
    score(tiles) {
      const { components, map, reconstruction } = program.steps.score.run({ x: tiles })
      return { components, pictures: { map, reconstruction } }
    },
    discriminate: (tiles) => program.steps.discriminate.run({ x: tiles }).value,
    dispose: () => program.dispose(),
  }
}
