import { type FanoganConfig, fanoganConfigSchema } from '../../../model/systems/fanogan/config.ts'
import { adversarialStage } from '../adversarial-stage.ts'
import { defineSystem } from '../define-system.ts'
import { wganGpObjective } from '../wgan-gp/objective.ts'
import { encoderStage } from './encoder-stage.ts'
import { createFanoganWeights, type FanoganWeights, fanoganNetworks } from './networks.ts'
import { createFanoganScorer } from './scorer.ts'

/**
 * f-AnoGAN: Schlegl, Seeböck, Waldstein, Langs and Schmidt-Erfurth, "f-AnoGAN: Fast unsupervised anomaly
 * detection with generative adversarial networks", Medical Image Analysis 54, 2019. Stage 1 is WGAN-GP, stage 2
 * the encoder.
 */
export const fanogan = defineSystem<FanoganConfig, FanoganWeights>({
  model: 'fanogan',
  schema: fanoganConfigSchema,
  scoring: ({ score: kind, k, reduction, latent }) => ({ kind, k, reduction, latent }),
  learning: (config) => config,
  stages: (config) => [
    adversarialStage(config, fanoganNetworks(config), wganGpObjective(config)),
    encoderStage(config),
  ],
  createWeights: createFanoganWeights,
  createScorer: createFanoganScorer,
})
