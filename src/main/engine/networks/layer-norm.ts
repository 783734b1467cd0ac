import { elementAt } from '../../../shared/element-at.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { constant, type Weights } from './weights.ts'

const layerNormEpsilon = 1e-5

/**
 * Layer normalization of each sample over H, W and C, then a learned scale and offset by channel (Ba et al.
 * 2016, equation 3; Gulrajani et al. 2017, section 4, in place of batch norm in the critic). It is written with
 * operations whose gradients tfjs can differentiate again: the penalty's gradient runs through it twice.
 */
export function layerNorm(w: Weights, name: string, x: Tensor): Tensor {
  const channels = elementAt(x.shape, x.rank - 1, 'Sides of a tensor')
  const scale = w.get(`${name}/scale`, [channels], constant(1))
  const offset = w.get(`${name}/offset`, [channels], constant(0))
  return normalizeByLayer(x, scale, offset)
}

/** Normalizes each sample of x [N, H, W, C], then scales and shifts by `scale` and `offset` [C]. */
export function normalizeByLayer(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const axes = [1, 2, 3]
  const centered = tf.sub(x, tf.mean(x, axes, true))
  const variance = tf.mean(tf.square(centered), axes, true)
  const normalized = tf.div(centered, tf.sqrt(tf.add(variance, layerNormEpsilon)))
  return tf.add(tf.mul(normalized, scale), offset)
}
