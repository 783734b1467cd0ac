/**
 * EfficientNet-Lite as a feature extractor: Google's variants of EfficientNet (Tan and Le 2019, "EfficientNet:
 * Rethinking model scaling for convolutional neural networks", ICML) without squeeze-and-excite and with ReLU6. The
 * weights are frozen, so batch normalization is folded into the convolutions before it.
 */
import type { TensorMap } from '../../model/safetensors.ts'
import { type Tensor, type Tensor4D, tf } from '../tensorflow.ts'
import { blocks } from './blocks.ts'
import { tensorOf } from './folded-weights.ts'

/** Weights as tensors, by name; `dispose` frees them. */
export interface FrozenWeights {
  filter(name: string): Tensor4D
  bias(name: string): Tensor
  dispose(): void
}

export function frozenWeights(weights: TensorMap): FrozenWeights {
  const held = new Map<string, Tensor>()
  const hold = (name: string): Tensor => {
    const known = held.get(name)
    if (known !== undefined) return known
    const { shape, data } = tensorOf(weights, name)
    const tensor = tf.keep(tf.tensor(data, [...shape]))
    held.set(name, tensor)
    return tensor
  }
  return {
    filter: (name) => hold(`${name}/filter`).as4D(...sides(tensorOf(weights, `${name}/filter`).shape)),
    bias: (name) => hold(`${name}/bias`),
    dispose() {
      for (const tensor of held.values()) tensor.dispose()
      held.clear()
    },
  }
}

function sides([a = 0, b = 0, c = 0, d = 0]: readonly number[]): [number, number, number, number] {
  return [a, b, c, d]
}

const hasFourSides = (x: Tensor): x is Tensor4D => x.shape.length === 4

/**
 * Outputs of the tapped blocks.
 * @param x [batch, height, width, 3] in [-1, 1]
 * @returns for each tap [batch, height / stride, width / stride, channels]
 */
export function features(x: Tensor, weights: FrozenWeights, taps: readonly number[]): Tensor4D[] {
  // Reshaping would make the sides constants of a compiled graph.
  if (!hasFourSides(x)) throw new RangeError(`a picture of ${x.shape.length} sides`)
  // The networks were trained on (v - 127) / 128 of v from 0 to 255.
  let y: Tensor4D = tf.div(tf.sub(tf.mul(tf.add(x, 1), 127.5), 127), 128)
  const pointwise = (input: Tensor4D, name: string): Tensor4D =>
    tf.add(tf.conv2d(input, weights.filter(name), 1, 'same'), weights.bias(name))
  y = tf.relu6(tf.add(tf.conv2d(y, weights.filter('stem'), 2, 'same'), weights.bias('stem')))
  const tapped = new Map<number, Tensor4D>()
  for (const [at, { stride, expanded, residual }] of blocks.slice(0, Math.max(...taps) + 1).entries()) {
    const wide = expanded ? tf.relu6(pointwise(y, `block${at}/expand`)) : y
    const filtered: Tensor4D = tf.relu6(
      tf.add(
        tf.depthwiseConv2d(wide, weights.filter(`block${at}/depthwise`), stride, 'same'),
        weights.bias(`block${at}/depthwise`),
      ),
    )
    const projected = pointwise(filtered, `block${at}/project`)
    y = residual ? tf.add(y, projected) : projected
    tapped.set(at, y)
  }
  return taps.map((tap) => {
    const output = tapped.get(tap)
    if (output === undefined) throw new RangeError(`The backbone has no block ${tap}.`)
    return output
  })
}
