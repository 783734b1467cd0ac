import { type Tensor, tf } from '../tensorflow.ts'
import { differentiable, tensorAt } from './differentiable.ts'
import { nativeKernels } from './native.ts'

/** Slope for negative values, as in DCGAN (Radford et al. 2016, section 3). */
export const negativeSlope = 0.2

/** 1 where h > 0, the slope elsewhere. */
const slopes = (h: Tensor): Tensor => tf.add(tf.mul(tf.step(h), 1 - negativeSlope), negativeSlope)

/** dy times the slope at h. This is linear in dy, so its gradient with respect to dy is the same function. */
function scaleBySlope(dy: Tensor, h: Tensor): Tensor {
  return differentiable(
    [dy, h],
    (inputs) => {
      const [gradient, at] = [tensorAt(inputs, 0), tensorAt(inputs, 1)]
      const kernels = nativeKernels()
      if (!kernels) return { value: tf.mul(gradient, slopes(at)) }
      const attributes = [kernels.floatType('T'), kernels.float('alpha', negativeSlope)]
      return { value: kernels.executeSingleOutput('LeakyReluGrad', attributes, [gradient, at]) }
    },
    // The slope is piecewise constant in h, so its gradient is 0.
    (ddy, saved) => [scaleBySlope(ddy, tensorAt(saved, 1)), tf.zerosLike(tensorAt(saved, 1))],
  )
}

/**
 * max(h, slope * h), any shape. Its gradient can be differentiated once more, which the gradient penalty
 * needs and which tfjs's own leakyRelu does not offer at speed.
 */
export function leakyRelu(h: Tensor): Tensor {
  return differentiable(
    [h],
    (inputs) => {
      const input = tensorAt(inputs, 0)
      const kernels = nativeKernels()
      const value = kernels
        ? kernels.executeSingleOutput(
            'LeakyRelu',
            [kernels.floatType('T'), kernels.float('alpha', negativeSlope)],
            [input],
          )
        : tf.mul(input, slopes(input))
      return { value, kept: [value] }
    },
    // The result has the same sign as h. With the slope taken from the result, h can be fused into the operation
    // before.
    (dy, saved) => [scaleBySlope(dy, tensorAt(saved, 1))],
  )
}
