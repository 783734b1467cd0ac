import { onlyMemory } from '../../../model/parameters.ts'
import { type DcganConfig, dcganConfigSchema } from '../../../model/systems/dcgan/config.ts'
import { createCriticScorer } from '../critic-scorer.ts'
import { ganSystem } from '../gan-system.ts'
import { dcganObjective } from './objective.ts'

/**
 * DCGAN: Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional generative
 * adversarial networks", ICLR 2016. It is the baseline: its score of an image is that of the discriminator.
 */
export const dcgan = ganSystem<DcganConfig>({
  model: 'dcgan',
  schema: dcganConfigSchema,
  learning: onlyMemory,
  networks: (config) => ({ ...config, blocks: 'dcgan' }),
  objective: dcganObjective,
  createScorer: (_, networks, { critic }, batch) => createCriticScorer(networks, critic, batch),
})
