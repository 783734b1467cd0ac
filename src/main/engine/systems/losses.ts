/**
 * Losses and distances that several systems share. Images x are [N, H, W, C] in [-1, 1]; every result is a
 * scalar unless it says "per sample" ([N]).
 */
import { type Tensor, tf } from '../tensorflow.ts'

const innerAxes = (x: Tensor): number[] => Array.from({ length: x.rank - 1 }, (_, axis) => axis + 1)

/** 1/n * L2^2(a - b) per sample, n the values of one sample: [N, ...] x 2 -> [N]. */
export function meanSquaredDistance(a: Tensor, b: Tensor): Tensor {
  return tf.mean(tf.squaredDifference(a, b), innerAxes(a))
}

/**
 * Critic loss of WGAN, to be minimized: E[D(G(z))] - E[D(x)] (Arjovsky et al. 2017, equation 2 with the sign
 * turned). `real` and `fake` are critic values [N, 1].
 */
export function wassersteinCriticLoss(real: Tensor, fake: Tensor): Tensor {
  return tf.sub(tf.mean(fake), tf.mean(real))
}

/** Generator loss of WGAN, to be minimized: -E[D(G(z))]. */
export function wassersteinGeneratorLoss(fake: Tensor): Tensor {
  return tf.neg(tf.mean(fake))
}

/**
 * Gradient penalty E[(norm2(grad_xh D(xh)) - 1)^2] (Gulrajani et al. 2017, equation 3), without lambda.
 * xh = eps*x + (1-eps)*G(z) with one eps ~ U[0,1] a sample: `mix` is [N, 1, 1, 1].
 */
export function gradientPenalty(
  critic: (x: Tensor) => Tensor,
  real: Tensor,
  fake: Tensor,
  mix: Tensor,
): Tensor {
  const between = tf.add(fake, tf.mul(mix, tf.sub(real, fake)))
  const slope = tf.grad((x: Tensor) => tf.sum(critic(x)))(between)
  // The small term keeps the square root differentiable where the gradient vanishes.
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), innerAxes(slope)), 1e-12))
  return tf.mean(tf.square(tf.sub(norm, 1)))
}

/**
 * Binary cross entropy of a discriminator, to be minimized: -E[log D(x)] - E[log(1 - D(G(z)))] (Goodfellow et al.
 * 2014, equation 1 with the sign turned). `real` and `fake` are logits [N, 1]: D = sigmoid(logit), and
 * -log sigmoid(l) = softplus(-l), which stays finite where the sigmoid is 0 or 1.
 */
export function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake)))
}

/** Generator loss that does not saturate, to be minimized: -E[log D(G(z))] (the same, section 3); logits [N, 1]. */
export function nonSaturatingLoss(fake: Tensor): Tensor {
  return tf.mean(tf.softplus(tf.neg(fake)))
}

/** L1(a - b) per sample, a sum: [N, ...] x 2 -> [N]. */
export function absoluteDistance(a: Tensor, b: Tensor): Tensor {
  return tf.sum(tf.abs(tf.sub(a, b)), innerAxes(a))
}

/** 1/n * L1(a - b) per sample: [N, ...] x 2 -> [N]. */
export function meanAbsoluteDistance(a: Tensor, b: Tensor): Tensor {
  return tf.mean(tf.abs(tf.sub(a, b)), innerAxes(a))
}

/** |x - y| per pixel, mean over channels: [N, H, W, C] x 2 -> [N, H, W]. */
export function anomalyMap(x: Tensor, y: Tensor): Tensor {
  return tf.mean(tf.abs(tf.sub(x, y)), -1)
}
