/** Everything f-AnoGAN says about a batch of tiles, in one graph call. */
import { compileAll, defineStep } from '../../graph/compile.ts'
import { critic, encoder, generator } from '../../networks/dcgan.ts'
import { as4D } from '../../networks/layers.ts'
import { fanoganComponents } from '../../scores.ts'
import type { TileScorer } from '../../scoring/tile-scorer.ts'
import { type Tensor, tf } from '../../tensorflow.ts'
import { anomalyMap, meanSquaredDistance } from '../losses.ts'
import type { FanoganConfig } from './config.ts'
import { type FanoganWeights, shapeOf } from './networks.ts'

/** Side of the average before the largest value of a map is taken, in pixels. */
const peakSide = 5

/**
 * Compiles scoring for batches of `batch` tiles. All weights are constants of the graph.
 */
export function createFanoganScorer(
  config: FanoganConfig,
  weights: FanoganWeights,
  batch: number,
): TileScorer {
  const shape = shapeOf(config)
  const { size, channels } = config
  const measured = { from: 'measured' } as const
  const program = compileAll({
    variables: {},
    steps: {
      score: defineStep({
        inputs: { x: { shape: [batch, size, size, channels] } },
        step: ({ x }) => {
          const z = encoder(weights.encoder, shape, x, measured)
          const y = generator(weights.generator, shape, z, measured)
          const code = encoder(weights.encoder, shape, y, measured)
          const real = critic(weights.critic, shape, x)
          const restored = critic(weights.critic, shape, y)
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
        step: ({ x }) => ({ value: critic(weights.critic, shape, x).value }),
      }),
    },
  })
  return {
    size,
    channels,
    batch,
    componentNames: [...fanoganComponents],
    score: (tiles) => program.steps.score.run({ x: tiles }),
    discriminate: (tiles) => program.steps.discriminate.run({ x: tiles }).value,
    dispose: () => program.dispose(),
  }
}

/** Largest value of each map [N, H, W] averaged over 5x5 pixels: [N]. */
function largestAverage(map: Tensor): Tensor {
  const [n = 0, height = 0, width = 0] = map.shape
  const image = tf.reshape(map, [n, height, width, 1])
  const averaged = tf.avgPool(as4D(image), peakSide, 1, 'valid')
  return tf.max(averaged, [1, 2, 3])
}
