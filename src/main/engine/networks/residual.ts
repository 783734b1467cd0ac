/**
 * The residual networks of the f-AnoGAN authors (their `wgangp_64x64_pix2pix`-like code follows Gulrajani et al.
 * 2017, appendix C, "64x64 ResNet"): blocks of two 3x3 convolutions, each behind normalization and ReLU, with
 * mean-pooling down and nearest-neighbor up, and a 1x1 shortcut. Batch norm in the generator and the encoder,
 * layer norm in the critic. Widths double with each halving up to eight times the first.
 */
import { elementAt } from '../../../shared/element-at.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import type { Normalization } from './batch-norm.ts'
import { earlyHalvings, type NetworkShape } from './dcgan.ts'
import { layerNorm } from './layer-norm.ts'
import { batchNorm, convolveEvenly, dense } from './layers.ts'
import { doubled, halved } from './resampling.ts'
import { heNormal, type Weights } from './weights.ts'

const smallest = 4

/** The largest width, as a multiple of the first one. */
const widest = 8

const depth = (shape: NetworkShape): number => Math.log2(shape.size / smallest)

/** Filters after `halvings` halvings of the image. */
const filtersAt = (shape: NetworkShape, halvings: number): number =>
  shape.width * Math.min(widest, 2 ** halvings)

/** Values of f(x), the critic's last convolutional features of one image. */
export const residualFeatureCount = (shape: NetworkShape): number =>
  smallest * smallest * filtersAt(shape, depth(shape))

const channelsOf = (x: Tensor): number => elementAt(x.shape, 3, 'Sides of a tensor')

type Norm = (name: string, x: Tensor) => Tensor

interface Block {
  filters: number
  resample: 'up' | 'down'
  norm: Norm
}

/** Normalization, ReLU, 3x3, normalization, ReLU, 3x3, and a 1x1 shortcut: [N, H, W, C] -> [N, 2H or H/2, ...]. */
function residualBlock(w: Weights, name: string, x: Tensor, { filters, resample, norm }: Block): Tensor {
  const channels = channelsOf(x)
  const he = (kernel: number, fanIn: number) => heNormal(kernel * kernel * fanIn, 0)
  const plain = (part: string, h: Tensor, out: number, kernel: number, bias: boolean) =>
    convolveEvenly(w, `${name}/${part}`, h, {
      filters: out,
      kernel,
      start: kernel === 1 ? heNormal(channelsOf(h), 1) : he(kernel, channelsOf(h)),
      bias,
    })
  const inner = resample === 'up' ? filters : channels
  let h = tf.relu(norm(`${name}/before`, x))
  if (resample === 'up') h = doubled(h)
  h = plain('first', h, inner, 3, false)
  h = tf.relu(norm(`${name}/between`, h))
  h = plain('second', h, filters, 3, true)
  if (resample === 'down') h = halved(h)
  // A 1x1 convolution and the resampling give the same in either order; on the smaller picture the convolution is
  // cheaper.
  const shortcut =
    resample === 'up'
      ? doubled(plain('shortcut', x, filters, 1, true))
      : plain('shortcut', halved(x), filters, 1, true)
  return tf.add(shortcut, h)
}

/** G: z [N, latent] -> images [N, size, size, channels] in [-1, 1]. */
export function residualGenerator(w: Weights, shape: NetworkShape, z: Tensor, mode: Normalization): Tensor {
  const levels = depth(shape)
  const norm: Norm = (name, x) => batchNorm(w, name, x, mode)
  const first = filtersAt(shape, levels)
  let h = dense(w, 'project', z, smallest * smallest * first, heNormal(shape.latent, 1))
  h = tf.reshape(h, [-1, smallest, smallest, first])
  for (let level = levels - 1; level >= 0; level--) {
    h = residualBlock(w, `up${levels - level}`, h, { filters: filtersAt(shape, level), resample: 'up', norm })
  }
  h = tf.relu(norm('image', h))
  const start = heNormal(9 * shape.width, 1)
  return tf.tanh(convolveEvenly(w, 'image', h, { filters: shape.channels, kernel: 3, start, bias: true }))
}

/** The part that the critic and the encoder share: images -> [N, 4, 4, widest], and what is there on the way. */
function descend(
  w: Weights,
  shape: NetworkShape,
  x: Tensor,
  norm: Norm,
): { features: Tensor; early: Tensor } {
  const start = heNormal(9 * shape.channels, 1)
  let h = convolveEvenly(w, 'image', x, { filters: shape.width, kernel: 3, start, bias: true })
  let early = h
  for (let level = 1; level <= depth(shape); level++) {
    h = residualBlock(w, `down${level}`, h, { filters: filtersAt(shape, level), resample: 'down', norm })
    if (level === earlyHalvings) early = h
  }
  return { features: h, early }
}

/** D: images -> `value` [N, 1], unbounded, `features` f(x) [N, 4, 4, widest], and `early` after the second halving. */
export function residualCritic(
  w: Weights,
  shape: NetworkShape,
  x: Tensor,
): { value: Tensor; features: Tensor; early: Tensor } {
  const { features, early } = descend(w, shape, x, (name, h) => layerNorm(w, name, h))
  const count = residualFeatureCount(shape)
  return {
    value: dense(w, 'value', tf.reshape(features, [-1, count]), 1, heNormal(count, 1)),
    features,
    early,
  }
}

/** E: images -> z [N, latent] in [-1, 1]. */
export function residualEncoder(w: Weights, shape: NetworkShape, x: Tensor, mode: Normalization): Tensor {
  const { features } = descend(w, shape, x, (name, h) => batchNorm(w, name, h, mode))
  const count = residualFeatureCount(shape)
  return tf.tanh(dense(w, 'code', tf.reshape(features, [-1, count]), shape.latent, heNormal(count, 1)))
}
