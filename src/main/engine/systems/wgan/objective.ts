/**
 * WGAN (Arjovsky et al. 2017, algorithm 1): D minimizes E[D(G(z))] - E[D(x)] with its weights clipped to [-c, c], G
 * minimizes -E[D(G(z))]; RMSProp.
 */
import { message } from '../../../../shared/messages/message.ts'
import { rmsprop } from '../../graph/optimizers.ts'
import { tf } from '../../tensorflow.ts'
import type { Objective } from '../adversarial-stage.ts'
import { wassersteinCriticLoss, wassersteinGeneratorLoss } from '../losses.ts'

/**
 * The authors' RMSProp adds 1e-8 outside the root, TensorFlow inside. With weights of 0.01 gradients are small
 * enough for that to matter: inside, the square of it stands for the same.
 */
const epsilon = 1e-16

export function wganObjective({ clip }: { clip: number }): Objective {
  return {
    critic({ value, real, fake }) {
      const loss = wassersteinCriticLoss(value(real), value(fake))
      return { loss, parts: { wasserstein: tf.neg(loss) } }
    },
    generator: wassersteinGeneratorLoss,
    optimizer: { name: 'rmsprop', create: (weights) => rmsprop(weights, { decay: 0.99, epsilon }) },
    clip,
    criticProblem: ({ wasserstein = 1 }) => (wasserstein === 0 ? message('critic-flat') : null),
  }
}
