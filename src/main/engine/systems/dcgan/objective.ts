/**
 * The GAN of Goodfellow et al. 2014 with DCGAN's settings: D minimizes -E[log D(x)] - E[log(1 - D(G(z)))], G
 * minimizes -E[log D(G(z))]; Adam.
 */
import { message } from '../../../../shared/messages/message.ts'
import { adam } from '../../graph/optimizers.ts'
import type { Objective } from '../adversarial-stage.ts'
import { discriminatorLoss, nonSaturatingLoss } from '../losses.ts'

/** If the discriminator loss is below this, the generator gets practically no gradient. */
const decided = 1e-5

export function dcganObjective({ beta1, beta2 }: { beta1: number; beta2: number }): Objective {
  return {
    critic: ({ value, real, fake }) => ({ loss: discriminatorLoss(value(real), value(fake)), parts: {} }),
    generator: nonSaturatingLoss,
    optimizer: { name: 'adam', create: (weights) => adam(weights, { beta1, beta2 }) },
    criticProblem: ({ critic = 1 }) => (critic < decided ? message('discriminator-decided') : null),
  }
}
