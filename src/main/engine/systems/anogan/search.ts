/**
 * The search of AnoGAN (Schlegl et al. 2017, section 2.2): for each tile x, z moves down the gradient of
 * (1-lambda)*L1(x - G(z)) + lambda*L1(f(x) - f(G(z))), G and D fixed. Every tile starts at the same z, so that a
 * score depends on the tile alone and never on what is scored beside it.
 */

import { anoganComponents } from '../../../model/scores.ts'
import type { AnoganConfig } from '../../../model/systems/anogan/config.ts'
import { searchStart } from '../../../model/systems/anogan/search-start.ts'
import { compileAll, defineStep } from '../../graph/compile.ts'
import { adam, gradientDescent } from '../../graph/optimizers.ts'
import type { Networks } from '../../networks/blocks.ts'
import { largestAverage } from '../../scoring/peak.ts'
import { nothingElse, type ScorerRequest, type TileScorer } from '../../scoring/tile-scorer.ts'
import { type Tensor, tf } from '../../tensorflow.ts'
import { lossGradients } from '../../training/gradients.ts'
import type { GanWeights } from '../gan-system.ts'
import { absoluteDistance, anomalyMap, meanSquaredDistance } from '../losses.ts'
import { componentsFor, restorationAnswer, restorationOutputs } from '../restoration.ts'

/** Tiles that are searched for at once: few, because messages come in only between two batches. */
const searchedAtOnce = 8

export type SearchConfig = Pick<
  AnoganConfig,
  'searchSteps' | 'searchOptimizer' | 'searchLearningRate' | 'featureShare'
>

/** Per sample, what the search makes small: [N]. */
export function searchLoss(
  featureShare: number,
  image: { x: Tensor; y: Tensor },
  features: { x: Tensor; y: Tensor },
): Tensor {
  return tf.add(
    tf.mul(absoluteDistance(image.x, image.y), 1 - featureShare),
    tf.mul(absoluteDistance(features.x, features.y), featureShare),
  )
}

/** The compiled search from given codes [batch, latent]. All weights are constants of the graph. */
export function createSearchSteps(
  { searchOptimizer, featureShare }: Pick<SearchConfig, 'searchOptimizer' | 'featureShare'>,
  networks: Networks,
  weights: GanWeights,
  start: { codes: Float32Array; batch: number },
  request: ScorerRequest = nothingElse,
) {
  const { size, channels, latent } = networks.shape
  const { codes, batch } = start
  const measured = { from: 'measured' } as const
  const generate = (z: Tensor): Tensor => networks.generator(weights.generator, z, measured)
  const judge = (x: Tensor) => networks.critic(weights.critic, x, measured)

  const z = tf.tidy(() => tf.variable(tf.tensor2d(codes, [batch, latent])))
  const optimizer = searchOptimizer === 'adam' ? adam({ z }) : gradientDescent({ z })
  const images = { shape: [batch, size, size, channels] }
  const featureShape = tf.tidy(() => judge(tf.zeros([batch, size, size, channels])).features.shape)
  const program = compileAll({
    variables: { z, ...optimizer.slots },
    steps: {
      features: defineStep({
        inputs: { x: images },
        step: ({ x }) => ({ features: judge(x).features }),
      }),
      search: defineStep({
        inputs: { x: images, features: { shape: featureShape }, rate: { shape: [] } },
        step: ({ x, features, rate }) => {
          const { loss, gradients } = lossGradients(
            () => {
              const y = generate(z)
              // A sum: each tile's gradient is its own, whatever the others are.
              return tf.sum(searchLoss(featureShare, { x, y }, { x: features, y: judge(y).features }))
            },
            { z },
          )
          optimizer.apply(gradients, rate)
          return { loss }
        },
      }),
      score: defineStep({
        inputs: { x: images },
        step: ({ x }) => {
          const y = generate(z)
          const [real, restored] = [judge(x), judge(y)]
          const map = anomalyMap(x, y)
          const components = {
            residual: meanSquaredDistance(x, y),
            absolute: absoluteDistance(x, y),
            'absolute-feature': absoluteDistance(real.features, restored.features),
            discriminator: tf.reshape(real.value, [-1]),
            peak: largestAverage(map, networks.shape),
          }
          const early = { x: real.early, y: restored.early }
          return restorationOutputs(
            // The variable's value, as a tensor of this step.
            { names: anoganComponents, components, map, reconstruction: y, code: tf.clone(z), early },
            request,
          )
        },
      }),
      discriminate: defineStep({ inputs: { x: images }, step: ({ x }) => ({ value: judge(x).value }) }),
    },
  })
  return {
    program,
    dispose() {
      program.dispose()
      tf.dispose([z, optimizer.slots])
    },
  }
}

/** Compiles the search for batches of at most `most` tiles. */
export function createSearchScorer(
  config: SearchConfig,
  networks: Networks,
  weights: GanWeights,
  most: number,
  request: ScorerRequest = nothingElse,
): TileScorer {
  const { size, channels, latent } = networks.shape
  const { searchSteps, searchLearningRate } = config
  // Networks of windows of features are so small that more of them are not slower.
  const batch = networks.shape.of === 'features' ? most : Math.min(most, searchedAtOnce)
  const first = searchStart(latent)
  const codes = new Float32Array(batch * latent)
  for (let i = 0; i < batch; i++) codes.set(first, i * latent)
  const { program, dispose } = createSearchSteps(config, networks, weights, { codes, batch }, request)
  const { steps } = program
  const beginning = program.readVariables()
  return {
    size,
    channels,
    batch,
    componentNames: componentsFor(anoganComponents, request),
    searchSteps,
    score(tiles) {
      program.writeVariables(beginning)
      const { features } = steps.features.run({ x: tiles })
      for (let i = 0; i < searchSteps; i++) steps.search.run({ x: tiles, features, rate: searchLearningRate })
      return restorationAnswer(steps.score.run({ x: tiles }))
    },
    discriminate: (tiles) => steps.discriminate.run({ x: tiles }).value,
    dispose,
  }
}
