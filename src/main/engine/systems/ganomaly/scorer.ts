/** Computes all outputs of GANomaly for a batch of tiles in one call of the graph; y = G(x) = G_D(G_E(x)). */

import { ganomalyComponents } from '../../../model/scores.ts'
import type { GanomalyConfig } from '../../../model/systems/ganomaly/config.ts'
import { compileAll, defineStep } from '../../graph/compile.ts'
import { largestAverage } from '../../scoring/peak.ts'
import { nothingElse, type ScorerRequest, type TileScorer } from '../../scoring/tile-scorer.ts'
import { tf } from '../../tensorflow.ts'
import { absoluteDistance, anomalyMap, meanSquaredDistance } from '../losses.ts'
import { componentsFor, restorationAnswer, restorationOutputs } from '../restoration.ts'
import { decode, discriminate, encode, type GanomalyWeights, shapeOf } from './networks.ts'

/** Compiles scoring for batches of `batch` tiles. All weights are constants of the graph. */
export function createGanomalyScorer(
  config: GanomalyConfig,
  weights: GanomalyWeights,
  batch: number,
  request: ScorerRequest = nothingElse,
): TileScorer {
  const shape = shapeOf(config)
  const { size, channels } = shape
  const measured = { from: 'measured' } as const
  const images = { shape: [batch, size, size, channels] }
  const program = compileAll({
    variables: {},
    steps: {
      score: defineStep({
        inputs: { x: images },
        step: ({ x }) => {
          const code = encode(weights.encoder, shape, x, measured)
          const y = decode(weights.decoder, shape, code, measured)
          const again = encode(weights.reencoder, shape, y, measured)
          const real = discriminate(weights.discriminator, shape, x, measured)
          const restored = discriminate(weights.discriminator, shape, y, measured)
          const map = anomalyMap(x, y)
          const components = {
            residual: meanSquaredDistance(x, y),
            feature: meanSquaredDistance(real.features, restored.features),
            code: absoluteDistance(code, again),
            discriminator: tf.reshape(real.value, [-1]),
            peak: largestAverage(map, shape),
          }
          const early = { x: real.early, y: restored.early }
          return restorationOutputs(
            { names: ganomalyComponents, components, map, reconstruction: y, code, early },
            request,
          )
        },
      }),
      discriminate: defineStep({
        inputs: { x: images },
        step: ({ x }) => ({ value: discriminate(weights.discriminator, shape, x, measured).value }),
      }),
    },
  })
  return {
    size,
    channels,
    batch,
    componentNames: componentsFor(ganomalyComponents, request),
    score: (tiles) => restorationAnswer(program.steps.score.run({ x: tiles })),
    discriminate: (tiles) => program.steps.discriminate.run({ x: tiles }).value,
    dispose: () => program.dispose(),
  }
}
