import { type AnoganConfig, anoganConfigSchema } from '../../../model/systems/anogan/config.ts'
import { dcganObjective } from '../dcgan/objective.ts'
import { ganSystem } from '../gan-system.ts'
import { wganGpObjective } from '../wgan-gp/objective.ts'
import { createSearchScorer } from './search.ts'

/**
 * AnoGAN: Schlegl, Seeböck, Waldstein, Schmidt-Erfurth and Langs, "Unsupervised anomaly detection with generative
 * adversarial networks to guide marker discovery", IPMI 2017. The slow predecessor of f-AnoGAN.
 */
export const anogan = ganSystem<AnoganConfig>({
  model: 'anogan',
  schema: anoganConfigSchema,
  networks: (config) => ({ ...config, norm: config.gan === 'wgan-gp' ? 'none' : config.norm }),
  objective: (config) => (config.gan === 'wgan-gp' ? wganGpObjective(config) : dcganObjective(config)),
  createScorer: createSearchScorer,
  scoring: ({ featureShare }) => ({ featureShare }),
  learning: (config) => config,
})
