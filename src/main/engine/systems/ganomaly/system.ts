import { type GanomalyConfig, ganomalyConfigSchema } from '../../../model/systems/ganomaly/config.ts'
import { defineSystem } from '../define-system.ts'
import { createGanomalyWeights, type GanomalyWeights } from './networks.ts'
import { createGanomalyScorer } from './scorer.ts'
import { ganomalyStage } from './stage.ts'

/**
 * GANomaly: Akcay, Atapour-Abarghouei and Breckon, "GANomaly: Semi-supervised anomaly detection via adversarial
 * training", ACCV 2018.
 */
export const ganomaly = defineSystem<GanomalyConfig, GanomalyWeights>({
  model: 'ganomaly',
  schema: ganomalyConfigSchema,
  scoring: ({ score: kind, reduction, latent }) => ({ kind, k: 1, reduction, latent }),
  learning: (config) => config,
  stages: (config) => [ganomalyStage(config)],
  createWeights: createGanomalyWeights,
  createScorer: createGanomalyScorer,
})
