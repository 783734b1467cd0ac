import { type Tensor, tf } from '../tensorflow.ts'
import { differentiable } from './differentiable.ts'
import { nativeKernels } from './native.ts'

/** x + bias over the last axis; x is [..., C], bias [C]. */
export function addBias(x: Tensor, bias: Tensor): Tensor {
  const kernels = nativeKernels()
  if (!kernels) return tf.add(x, bias)
  const attributes = [kernels.floatType('T'), kernels.string('data_format', 'NHWC')]
  return differentiable(
    [x, bias],
    (inputs) => ({ value: kernels.executeSingleOutput('BiasAdd', attributes, inputs) }),
    (dy) => [dy, kernels.executeSingleOutput('BiasAddGrad', attributes, [dy])],
  )
}
