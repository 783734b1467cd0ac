import { onlyMemory } from '../../../model/parameters.ts'
import { type WganConfig, wganConfigSchema } from '../../../model/systems/wgan/config.ts'
import { createCriticScorer } from '../critic-scorer.ts'
import { ganSystem } from '../gan-system.ts'
import { wganObjective } from './objective.ts'

/** WGAN: Arjovsky, Chintala and Bottou, "Wasserstein generative adversarial networks", ICML 2017. */
export const wgan = ganSystem<WganConfig>({
  model: 'wgan',
  schema: wganConfigSchema,
  learning: onlyMemory,
  networks: (config) => config,
  objective: wganObjective,
  createScorer: (_, networks, { critic }, batch) => createCriticScorer(networks, critic, batch),
})
