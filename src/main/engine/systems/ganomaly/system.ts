import { type GanomalyConfig, ganomalyConfigSchema } from '../../../model/systems/ganomaly/config.ts'
import { loadWeights } from '../../networks/stored-weights.ts'
import { nothingDrawn } from '../../networks/weights.ts'
import { learnedOfModel, owningWeights, requestOf, withLearned } from '../../scoring/tile-scorer.ts'
import { runTraining } from '../../training/training.ts'
import type { System } from '../system.ts'
import { createGanomalyWeights } from './networks.ts'
import { createGanomalyScorer } from './scorer.ts'
import { ganomalyStage } from './stage.ts'

const scoringOf = ({ score: kind, reduction, latent }: GanomalyConfig) => ({ kind, k: 1, reduction, latent })

/**
 * GANomaly: Akcay, Atapour-Abarghouei and Breckon, "GANomaly: Semi-supervised anomaly detection via adversarial
 * training", ACCV 2018.
 */
export const ganomaly: System = {
  async train(context) {
    const config = ganomalyConfigSchema.parse(context.task.config)
    return runTraining(context, {
      model: 'ganomaly',
      config,
      scoring: scoringOf(config),
      learning: config,
      stages: [ganomalyStage(config)],
      createWeights: (random) => createGanomalyWeights(config, random),
      createScorer: (weights, batch, request) => createGanomalyScorer(config, weights, batch, request),
    })
  },
  load({ tensors, description }, batch) {
    const config = ganomalyConfigSchema.parse(description.config)
    const weights = createGanomalyWeights(config, nothingDrawn)
    loadWeights(tensors, ...Object.values(weights))
    const learned = learnedOfModel(tensors, config)
    const ofTiles = owningWeights(
      createGanomalyScorer(config, weights, batch, requestOf(learned)),
      ...Object.values(weights),
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
