/**
 * The networks of GANomaly (Akcay et al. 2018, figure 2, and the authors' code): an encoder G_E and a decoder G_D
 * that make up G, a second encoder E of the same shape, and a discriminator D whose last convolutional features
 * are f. All DCGAN-like with batch norm; `extra` 3x3 convolutions follow the first halving of each. On windows of
 * features they are perceptrons without either.
 */

import { elementAt } from '../../../../shared/element-at.ts'
import { type InputShape, inputShape } from '../../../model/input-shape.ts'
import type { GanomalyConfig } from '../../../model/systems/ganomaly/config.ts'
import type { Random } from '../../../platform/random.ts'
import type { Normalization } from '../../networks/batch-norm.ts'
import { cellCritic, cellEncoder, cellGenerator } from '../../networks/cells.ts'
import { depth, earlyHalvings, featureCount, type NetworkShape } from '../../networks/dcgan.ts'
import { batchNorm, convolve, convolveEvenly, deconvolve, dense } from '../../networks/layers.ts'
import { leakyRelu } from '../../networks/leaky-relu.ts'
import { createWeights, normal, type Weights } from '../../networks/weights.ts'
import { type Tensor, tf } from '../../tensorflow.ts'

/** G_E, G_D, E and D of one run. */
export type GanomalyWeights = {
  encoder: Weights
  decoder: Weights
  reencoder: Weights
  discriminator: Weights
}

export interface GanomalyShape extends NetworkShape, InputShape {
  /** 3x3 convolutions at half the image's size. */
  extra: number
}

export const shapeOf = (config: GanomalyConfig): GanomalyShape => ({
  ...inputShape(config),
  width: config.width,
  latent: config.latent,
  extra: config.extraLayers,
})

const smallest = 4
const start = normal(0.02)

/** A 3x3 convolution, batch norm and activation, which keep the shape. */
function extraLayer(w: Weights, name: string, x: Tensor, mode: Normalization): Tensor {
  const h = convolveEvenly(w, name, x, {
    filters: elementAt(x.shape, 3, 'shape'),
    kernel: 3,
    start,
    bias: false,
  })
  return batchNorm(w, name, h, mode)
}

/** Images -> [N, 4, 4, widest], and what is there after the second halving. */
function descend(
  w: Weights,
  shape: GanomalyShape,
  x: Tensor,
  mode: Normalization,
): { features: Tensor; early: Tensor } {
  let h = leakyRelu(convolve(w, 'down1', x, shape.width, start, false))
  for (let i = 1; i <= shape.extra; i++) h = leakyRelu(extraLayer(w, `extra${i}`, h, mode))
  let early = h
  for (let level = 2; level <= depth(shape); level++) {
    const name = `down${level}`
    h = convolve(w, name, h, shape.width * 2 ** (level - 1), start, false)
    h = leakyRelu(batchNorm(w, name, h, mode))
    if (level === earlyHalvings) early = h
  }
  return { features: h, early }
}

/** G_E and E: images -> codes [N, latent], unbounded. */
export function encode(w: Weights, shape: GanomalyShape, x: Tensor, mode: Normalization): Tensor {
  if (shape.of === 'features') return cellEncoder(w, shape, x)
  const flat = tf.reshape(descend(w, shape, x, mode).features, [-1, featureCount(shape)])
  return dense(w, 'code', flat, shape.latent, start)
}

/** G_D: codes [N, latent] -> images in [-1, 1], or windows of features without limits. */
export function decode(w: Weights, shape: GanomalyShape, z: Tensor, mode: Normalization): Tensor {
  if (shape.of === 'features') return cellGenerator(w, shape, z)
  const levels = depth(shape)
  const widest = shape.width * 2 ** (levels - 1)
  let h = tf.reshape(dense(w, 'project', z, smallest * smallest * widest, start), [
    -1,
    smallest,
    smallest,
    widest,
  ])
  h = tf.relu(batchNorm(w, 'project', h, mode))
  for (let level = levels - 1; level >= 1; level--) {
    const name = `up${levels - level}`
    h = deconvolve(w, name, h, shape.width * 2 ** (level - 1), start, false)
    h = tf.relu(batchNorm(w, name, h, mode))
  }
  for (let i = 1; i <= shape.extra; i++) h = tf.relu(extraLayer(w, `extra${i}`, h, mode))
  return tf.tanh(deconvolve(w, 'image', h, shape.channels, start, false))
}

/** D: images -> logits [N, 1], f(x) [N, 4, 4, widest], and the features after the second halving. */
export function discriminate(
  w: Weights,
  shape: GanomalyShape,
  x: Tensor,
  mode: Normalization,
): { value: Tensor; features: Tensor; early: Tensor } {
  if (shape.of === 'features') return cellCritic(w, shape, x)
  const { features, early } = descend(w, shape, x, mode)
  const flat = tf.reshape(features, [-1, featureCount(shape)])
  return { value: dense(w, 'value', flat, 1, start), features, early }
}

/** Fresh weights; every weight exists after this. The same random state always gives the same weights. */
export function createGanomalyWeights(config: GanomalyConfig, random: Random): GanomalyWeights {
  const shape = shapeOf(config)
  const weights: GanomalyWeights = {
    encoder: createWeights('encoder', random.fork('encoder')),
    decoder: createWeights('decoder', random.fork('decoder')),
    reencoder: createWeights('reencoder', random.fork('reencoder')),
    discriminator: createWeights('discriminator', random.fork('discriminator')),
  }
  const measured = { from: 'measured' } as const
  tf.tidy(() => {
    const image = decode(weights.decoder, shape, tf.zeros([1, shape.latent]), measured)
    encode(weights.encoder, shape, image, measured)
    encode(weights.reencoder, shape, image, measured)
    discriminate(weights.discriminator, shape, image, measured)
  })
  return weights
}

/** Initial weights of the discriminator, drawn from a stream. It is reset to them when it collapses. */
export function freshDiscriminator(config: GanomalyConfig, random: Random): Record<string, Float32Array> {
  const shape = shapeOf(config)
  return tf.tidy(() => {
    const weights = createWeights('discriminator', random)
    const image = tf.zeros([1, shape.size, shape.size, shape.channels])
    discriminate(weights, shape, image, { from: 'measured' })
    const values = Object.entries(weights.variables).map(
      ([name, variable]) => [name, Float32Array.from(variable.dataSync())] as const,
    )
    tf.dispose({ ...weights.variables })
    return Object.fromEntries(values)
  })
}
