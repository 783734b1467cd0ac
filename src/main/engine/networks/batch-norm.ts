/**
 * Batch normalization over N, H and W (Ioffe and Szegedy 2015), NHWC.
 *
 * Training normalizes with the statistics of the batch and keeps no moving averages. The statistics that
 * are used afterwards are measured over many batches with the final weights ("precise" batch norm, Wu and
 * Johnson 2021, section 3): they fit averaged weights too, which moving averages do not.
 */
import { type Tensor, tf } from '../tensorflow.ts'
import { differentiable } from './differentiable.ts'
import { nativeKernels } from './native.ts'

const batchNormEpsilon = 1e-5

/** Where a layer's statistics come from. */
export type Normalization =
  /** The batch itself. */
  | { from: 'batch' }
  /** The statistics of the batch; they are also passed to `observe`, layer by layer. */
  | { from: 'observed'; observe: (layer: string, mean: Tensor, variance: Tensor) => void }
  /** What was measured before. */
  | { from: 'measured' }

const axes = [0, 1, 2]

/** Normalizes x [N, H, W, C] with its own statistics, then scales and shifts by `scale` and `offset` [C]. */
export function normalizeByBatch(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const kernels = nativeKernels()
  if (!kernels) {
    const { mean, variance } = tf.moments(x, axes)
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, batchNormEpsilon))), scale), offset)
  }
  const attributes = [
    kernels.floatType('T'),
    kernels.floatType('U'),
    kernels.float('epsilon', batchNormEpsilon),
    kernels.string('data_format', 'NHWC'),
    kernels.boolean('is_training', true),
  ]
  return differentiable(
    [x, scale, offset],
    (inputs) => {
      const empty = tf.tensor1d([])
      const [value, , , ...kept] = kernels.executeMultipleOutputs(
        'FusedBatchNormV3',
        [...attributes, kernels.float('exponential_avg_factor', 1)],
        [...inputs, empty, empty],
        6,
      )
      if (!value) throw new TypeError('FusedBatchNormV3 gave no output')
      return { value, kept }
    },
    (dy, [input, factor, , ...statistics]) => {
      if (!input || !factor) throw new TypeError('batch norm saved its inputs')
      const gradients = [dy, input, factor, ...statistics]
      return kernels.executeMultipleOutputs('FusedBatchNormGradV3', attributes, gradients, 5).slice(0, 3)
    },
  )
}

/** Normalizes x [N, H, W, C] with given statistics [C], then scales and shifts. */
export function normalizeBy(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  scale: Tensor,
  offset: Tensor,
): Tensor {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, batchNormEpsilon)))
  return tf.add(tf.mul(x, factor), tf.sub(offset, tf.mul(mean, factor)))
}
