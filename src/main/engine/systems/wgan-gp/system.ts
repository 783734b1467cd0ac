import { onlyMemory } from '../../../model/parameters.ts'
import { type WganGpConfig, wganGpConfigSchema } from '../../../model/systems/wgan-gp/config.ts'
import { createCriticScorer } from '../critic-scorer.ts'
import { ganSystem } from '../gan-system.ts'
import { wganGpObjective } from './objective.ts'

/**
 * WGAN-GP: Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, "Improved training of Wasserstein GANs", NIPS 2017.
 * No batch norm in the critic: the penalty is one sample at a time.
 */
export const wganGp = ganSystem<WganGpConfig>({
  model: 'wgan-gp',
  schema: wganGpConfigSchema,
  learning: onlyMemory,
  networks: (config) => ({ ...config, norm: 'none' }),
  objective: wganGpObjective,
  createScorer: (_, networks, { critic }, batch) => createCriticScorer(networks, critic, batch),
})
