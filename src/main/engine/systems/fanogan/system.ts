import { type FanoganConfig, fanoganConfigSchema } from '../../../model/systems/fanogan/config.ts'
import { loadWeights } from '../../networks/stored-weights.ts'
import { nothingDrawn } from '../../networks/weights.ts'
import { learnedOfModel, owningWeights, requestOf, withLearned } from '../../scoring/tile-scorer.ts'
import { runTraining } from '../../training/training.ts'
import { adversarialStage } from '../adversarial-stage.ts'
import type { System } from '../system.ts'
import { wganGpObjective } from '../wgan-gp/objective.ts'
import { encoderStage } from './encoder-stage.ts'
import { createFanoganWeights, type FanoganWeights, fanoganNetworks } from './networks.ts'
import { createFanoganScorer } from './scorer.ts'

const scoringOf = ({ score: kind, k, reduction, latent }: FanoganConfig) => ({ kind, k, reduction, latent })

/**
 * f-AnoGAN: Schlegl, Seeböck, Waldstein, Langs and Schmidt-Erfurth, "f-AnoGAN: Fast unsupervised anomaly
 * detection with generative adversarial networks", Medical Image Analysis 54, 2019. Stage 1 is WGAN-GP, stage 2
 * the encoder.
 */
export const fanogan: System = {
  async train(context) {
    const config = fanoganConfigSchema.parse(context.task.config)
    return runTraining<FanoganWeights>(context, {
      model: 'fanogan',
      config,
      scoring: scoringOf(config),
      learning: config,
      stages: [
        adversarialStage(config, fanoganNetworks(config), wganGpObjective(config)),
        encoderStage(config),
      ],
      createWeights: (random) => createFanoganWeights(config, random),
      createScorer: (weights, batch, request) => createFanoganScorer(config, weights, batch, request),
    })
  },
  load({ tensors, description }, batch) {
    const config = fanoganConfigSchema.parse(description.config)
    const weights = createFanoganWeights(config, nothingDrawn)
    loadWeights(tensors, weights.generator, weights.critic, weights.encoder)
    const learned = learnedOfModel(tensors, config)
    const ofTiles = owningWeights(
      createFanoganScorer(config, weights, batch, requestOf(learned)),
      weights.generator,
      weights.critic,
      weights.encoder,
    )
    const scorer = withLearned(ofTiles, learned, config)
    const { expectedCriticValue } = description
    return {
      scorer,
      mode: config,
      overlap: config.overlap,
      options: { ...scoringOf(config), expectedCriticValue },
    }
  },
}
