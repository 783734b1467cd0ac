import { createRandom } from '../../../random.ts'
import type { System } from '../registry.ts'
import { fanoganConfigSchema } from './config.ts'
import { createFanoganWeights, disposeWeights, loadWeights } from './networks.ts'
import { createFanoganScorer } from './scorer.ts'
import { trainFanogan } from './train.ts'

/**
 * f-AnoGAN: Schlegl, Seeböck, Waldstein, Langs and Schmidt-Erfurth, "f-AnoGAN: Fast unsupervised anomaly
 * detection with generative adversarial networks", Medical Image Analysis 54, 2019.
 */
export const fanogan: System = {
  train: trainFanogan,
  load({ tensors, description }, batch) {
    const config = fanoganConfigSchema.parse(description.config)
    const weights = createFanoganWeights(config, createRandom(0))
    loadWeights(tensors, weights.generator, weights.critic, weights.encoder)
    const { expectedCriticValue } = description
    const { score: kind, k, reduction, latent, overlap } = config
    const scorer = createFanoganScorer(config, weights, batch)
    // Scoring holds the weights as constants of its graph.
    disposeWeights(weights)
    return { scorer, mode: config, overlap, options: { kind, k, reduction, latent, expectedCriticValue } }
  },
}
