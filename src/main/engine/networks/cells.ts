/**
 * Networks for windows of features in place of pixels: perceptrons with two hidden layers. A window is a few cells
 * wide, so convolutions would have nothing to run over, and what a cell holds is already the result of many of them.
 * Features have no limits as pixels do, so the last layer of the generator is linear.
 */
import type { InputShape } from '../../model/input-shape.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { dense } from './layers.ts'
import { leakyRelu, negativeSlope } from './leaky-relu.ts'
import { heNormal, type Weights } from './weights.ts'

export interface CellShape extends Pick<InputShape, 'size' | 'channels'> {
  /** A hidden layer has eight times as many units, as many as a plain critic has filters before its last layer. */
  width: number
  /** Dimensions of z. */
  latent: number
}

/** Values of one window, n in the formulas of the losses and scores. */
const valuesOf = ({ size, channels }: CellShape): number => size * size * channels

/** Units of each hidden layer: the values of f(x). */
export const cellFeatureCount = ({ width }: CellShape): number => 8 * width

const hidden = (w: Weights, name: string, x: Tensor, shape: CellShape, inputs: number): Tensor =>
  leakyRelu(dense(w, name, x, cellFeatureCount(shape), heNormal(inputs, negativeSlope)))

/** Both hidden layers on windows or on codes of so many values. */
function layers(w: Weights, shape: CellShape, x: Tensor, inputs: number): { first: Tensor; second: Tensor } {
  const first = hidden(w, 'first', tf.reshape(x, [-1, inputs]), shape, inputs)
  return { first, second: hidden(w, 'second', first, shape, cellFeatureCount(shape)) }
}

/** Units as a picture of one cell, as other networks have features of several. */
const asCell = (units: Tensor, shape: CellShape): Tensor =>
  tf.reshape(units, [-1, 1, 1, cellFeatureCount(shape)])

/** G: z [N, latent] -> windows [N, size, size, channels]. */
export function cellGenerator(w: Weights, shape: CellShape, z: Tensor): Tensor {
  const { size, channels, latent } = shape
  const { second } = layers(w, shape, z, latent)
  const flat = dense(w, 'window', second, valuesOf(shape), heNormal(cellFeatureCount(shape), 1))
  return tf.reshape(flat, [-1, size, size, channels])
}

/** D: windows -> `value` [N, 1], unbounded, `features` f(x) [N, 1, 1, units], and `early`, those of the first layer. */
export function cellCritic(
  w: Weights,
  shape: CellShape,
  x: Tensor,
): { value: Tensor; features: Tensor; early: Tensor } {
  const { first, second } = layers(w, shape, x, valuesOf(shape))
  const value = dense(w, 'value', second, 1, heNormal(cellFeatureCount(shape), 1))
  return { value, features: asCell(second, shape), early: asCell(first, shape) }
}

/** E: windows -> z [N, latent], unbounded. */
export function cellEncoder(w: Weights, shape: CellShape, x: Tensor): Tensor {
  const { second } = layers(w, shape, x, valuesOf(shape))
  return dense(w, 'code', second, shape.latent, heNormal(cellFeatureCount(shape), 1))
}
