/**
 * WGAN-GP (Gulrajani et al. 2017, algorithm 1): D minimizes E[D(G(z))] - E[D(x)] + lambda * penalty, G minimizes
 * -E[D(G(z))]; Adam.
 */
import { message } from '../../../../shared/messages/message.ts'
import { adam } from '../../graph/optimizers.ts'
import { tf } from '../../tensorflow.ts'
import type { Objective } from '../adversarial-stage.ts'
import { gradientPenalty, wassersteinCriticLoss, wassersteinGeneratorLoss } from '../losses.ts'

export function wganGpObjective(config: { lambda: number; beta1: number; beta2: number }): Objective {
  const { lambda, beta1, beta2 } = config
  return {
    critic({ value, real, fake, mix }) {
      const difference = wassersteinCriticLoss(value(real), value(fake))
      const penalty = gradientPenalty(value, real, fake, mix)
      return {
        loss: tf.add(difference, tf.mul(penalty, lambda)),
        parts: { wasserstein: tf.neg(difference), penalty },
      }
    },
    generator: wassersteinGeneratorLoss,
    optimizer: { name: 'adam', create: (weights) => adam(weights, { beta1, beta2 }) },
    criticProblem({ wasserstein = 1, penalty = 0 }) {
      // If the critic is flat everywhere, the norm of its gradient is 0 and the penalty 1.
      const dead = Math.abs(wasserstein) < 1e-7 && Math.abs(penalty - 1) < 1e-4
      return dead ? message('critic-flat') : null
    },
  }
}
