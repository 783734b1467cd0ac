import type { FanoganConfig } from '../../../model/systems/fanogan/config.ts'
import type { Random } from '../../../platform/random.ts'
import { type Networks, networksOf } from '../../networks/blocks.ts'
import { createWeights, type Weights } from '../../networks/weights.ts'
import { tf } from '../../tensorflow.ts'

/** G, D and E of one run. */
export type FanoganWeights = { generator: Weights; critic: Weights; encoder: Weights }

/** The networks; no batch norm in the critic, because of the gradient penalty. */
export const fanoganNetworks = (config: FanoganConfig): Networks => networksOf({ ...config, norm: 'none' })

/** Fresh weights; every weight exists after this. The same random state always gives the same weights. */
export function createFanoganWeights(config: FanoganConfig, random: Random): FanoganWeights {
  const networks = fanoganNetworks(config)
  const weights: FanoganWeights = {
    generator: createWeights('generator', random.fork('generator')),
    critic: createWeights('critic', random.fork('critic')),
    encoder: createWeights('encoder', random.fork('encoder')),
  }
  const measured = { from: 'measured' } as const
  tf.tidy(() => {
    const image = networks.generator(weights.generator, tf.zeros([1, config.latent]), measured)
    networks.critic(weights.critic, image, measured)
    networks.encoder(weights.encoder, image, measured)
  })
  return weights
}
