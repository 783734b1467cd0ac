/**
 * DCGAN-like networks (Radford, Metz and Chintala 2016, figure 1 and section 3): kernel 4, stride 2, width
 * doubling at each halving of the image down to 4x4. Batch norm in the generator and the encoder. In the critic
 * it is a choice: DCGAN has it, a gradient penalty is one sample at a time and forbids it (Gulrajani et al.
 * 2017, section 4).
 */
import { elementAt } from '../../../shared/element-at.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import type { Normalization } from './batch-norm.ts'
import { batchNorm, convolve, deconvolve, dense, kernel } from './layers.ts'
import { leakyRelu, negativeSlope } from './leaky-relu.ts'
import { heNormal, normal, type Weights } from './weights.ts'

export interface NetworkShape {
  /** Side of the image in pixels: 32, 64 or 128. */
  size: number
  /** 1 gray, 3 color. */
  channels: number
  /** Filters of the convolution nearest to the image. */
  width: number
  /** Dimensions of z. */
  latent: number
}

const smallest = 4

/** Halvings of the image before the early features of a critic. */
export const earlyHalvings = 2

const dcganStart = normal(0.02)

/** Halvings from the image down to 4x4: 3 for 32, 4 for 64, 5 for 128 pixels. */
export const depth = (shape: NetworkShape): number => Math.log2(shape.size / smallest)

/** Values of f(x), the critic's last convolutional features of one image. */
export const featureCount = (shape: NetworkShape): number =>
  smallest * smallest * shape.width * 2 ** (depth(shape) - 1)

/** G: z [N, latent] -> images [N, size, size, channels] in [-1, 1]. */
export function generator(w: Weights, shape: NetworkShape, z: Tensor, mode: Normalization): Tensor {
  const levels = depth(shape)
  const widest = shape.width * 2 ** (levels - 1)
  let h = dense(w, 'project', z, smallest * smallest * widest, dcganStart)
  h = tf.reshape(h, [-1, smallest, smallest, widest])
  h = tf.relu(batchNorm(w, 'project', h, mode))
  for (let level = levels - 1; level >= 1; level--) {
    const name = `up${levels - level}`
    h = deconvolve(w, name, h, shape.width * 2 ** (level - 1), dcganStart, false)
    h = tf.relu(batchNorm(w, name, h, mode))
  }
  return tf.tanh(deconvolve(w, 'image', h, shape.channels, dcganStart, true))
}

/**
 * D: images -> `value` [N, 1], unbounded, `features` f(x) [N, 4, 4, widest], and `early`, those after the second
 * halving. With `mode`, batch norm in all layers but the first and the last, and DCGAN's start.
 */
export function critic(
  w: Weights,
  shape: NetworkShape,
  x: Tensor,
  mode?: Normalization,
): { value: Tensor; features: Tensor; early: Tensor } {
  const levels = depth(shape)
  let h = x
  let early = x
  for (let level = 0; level < levels; level++) {
    const name = `down${level + 1}`
    const start = mode
      ? dcganStart
      : heNormal(kernel * kernel * elementAt(h.shape, 3, 'Sides of a tensor'), negativeSlope)
    const normalized = mode !== undefined && level > 0
    h = convolve(w, name, h, shape.width * 2 ** level, start, !normalized)
    h = leakyRelu(normalized ? batchNorm(w, name, h, mode) : h)
    if (level + 1 === earlyHalvings) early = h
  }
  const count = featureCount(shape)
  const value = dense(w, 'value', tf.reshape(h, [-1, count]), 1, mode ? dcganStart : heNormal(count, 1))
  return { value, features: h, early }
}

/** E: images -> z [N, latent] in [-1, 1] (tanh, as in the f-AnoGAN authors' code). */
export function encoder(w: Weights, shape: NetworkShape, x: Tensor, mode: Normalization): Tensor {
  const levels = depth(shape)
  let h = x
  for (let level = 0; level < levels; level++) {
    const name = `down${level + 1}`
    h = convolve(w, name, h, shape.width * 2 ** level, dcganStart, level === 0)
    if (level > 0) h = batchNorm(w, name, h, mode)
    h = leakyRelu(h)
  }
  return tf.tanh(
    dense(
      w,
      'code',
      tf.reshape(h, [-1, featureCount(shape)]),
      shape.latent,
      heNormal(featureCount(shape), 1),
    ),
  )
}
