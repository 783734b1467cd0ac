/** Folds a frozen batch normalization into the convolution before it. */
import { requireLength } from '../../platform/array-bounds.ts'

/** Of the batch normalization, as EfficientNet-Lite was trained. */
const epsilon = 1e-3

/** Statistics of the normalization, one value for each channel. */
export interface Normalization {
  gamma: Float32Array
  beta: Float32Array
  mean: Float32Array
  variance: Float32Array
}

/**
 * The filter is w * gamma / sqrt(variance + epsilon), the bias beta - mean * gamma / sqrt(variance + epsilon)
 * (Jacob et al. 2018, section 3.2).
 * @param weight [out, in, places], in being 1 for a convolution by depth
 * @returns the filter in TensorFlow's order, [places, in, out], and the bias [out]
 */
export function foldedConvolution(
  weight: Float32Array,
  { out, within, places }: { out: number; within: number; places: number },
  { gamma, beta, mean, variance }: Normalization,
): { filter: Float32Array; bias: Float32Array } {
  requireLength(weight, out * within * places, 'Weights of a convolution')
  for (const values of [gamma, beta, mean, variance]) requireLength(values, out, 'Channels')
  const filter = new Float32Array(weight.length)
  const bias = new Float32Array(out)
  for (let o = 0; o < out; o++) {
    const factor = gamma[o] / Math.sqrt(variance[o] + epsilon)
    bias[o] = beta[o] - mean[o] * factor
    for (let i = 0; i < within; i++) {
      for (let place = 0; place < places; place++) {
        filter[(place * within + i) * out + o] = weight[(o * within + i) * places + place] * factor
      }
    }
  }
  return { filter, bias }
}
