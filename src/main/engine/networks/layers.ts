import { elementAt } from '../../../shared/element-at.ts'
import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../tensorflow.ts'
import { type Normalization, normalizeBy, normalizeByBatch } from './batch-norm.ts'
import { addBias } from './bias.ts'
import { constant, type Initializer, type Weights } from './weights.ts'

/** Side of every convolution's kernel and its stride, as in DCGAN. */
export const kernel = 4
const stride = 2

/** The tensor as [N, H, W, C]; throws where it has another rank. */
export function as4D(x: Tensor): Tensor4D {
  if (x.rank !== 4) throw new TypeError(`expected [N, H, W, C], got [${x.shape.join(', ')}]`)
  return x as Tensor4D
}

function as2D(x: Tensor): Tensor2D {
  if (x.rank !== 2) throw new TypeError(`expected [N, D], got [${x.shape.join(', ')}]`)
  return x as Tensor2D
}

const channelsOf = (x: Tensor): number => elementAt(x.shape, x.rank - 1, 'Sides of a tensor')

/** Convolution that halves height and width: [N, H, W, C] -> [N, H/2, W/2, filters]. */
export function convolve(
  w: Weights,
  name: string,
  x: Tensor,
  filters: number,
  start: Initializer,
  bias: boolean,
): Tensor {
  const filter = w.get(`${name}/kernel`, [kernel, kernel, channelsOf(x), filters], start)
  const y = tf.conv2d(as4D(x), as4D(filter), stride, 'same')
  return bias ? addBias(y, w.get(`${name}/bias`, [filters], constant(0))) : y
}

/** Convolution that keeps height and width: [N, H, W, C] -> [N, H, W, filters]. */
export function convolveEvenly(
  w: Weights,
  name: string,
  x: Tensor,
  { filters, kernel, start, bias }: { filters: number; kernel: number; start: Initializer; bias: boolean },
): Tensor {
  const filter = w.get(`${name}/kernel`, [kernel, kernel, channelsOf(x), filters], start)
  const y = tf.conv2d(as4D(x), as4D(filter), 1, 'same')
  return bias ? addBias(y, w.get(`${name}/bias`, [filters], constant(0))) : y
}

/** Transposed convolution that doubles height and width: [N, H, W, C] -> [N, 2H, 2W, filters]. */
export function deconvolve(
  w: Weights,
  name: string,
  x: Tensor,
  filters: number,
  start: Initializer,
  bias: boolean,
): Tensor {
  const input = as4D(x)
  const filter = w.get(`${name}/kernel`, [kernel, kernel, filters, channelsOf(x)], start)
  const [n, height, width] = input.shape
  const y = tf.conv2dTranspose(
    input,
    as4D(filter),
    [n, height * stride, width * stride, filters],
    stride,
    'same',
  )
  return bias ? addBias(y, w.get(`${name}/bias`, [filters], constant(0))) : y
}

/** x W + b: [N, D] -> [N, units]. */
export function dense(w: Weights, name: string, x: Tensor, units: number, start: Initializer): Tensor {
  const matrix = w.get(`${name}/kernel`, [channelsOf(x), units], start)
  return addBias(tf.matMul(as2D(x), as2D(matrix)), w.get(`${name}/bias`, [units], constant(0)))
}

/** Batch norm with learned scale and offset; statistics as `mode` says. */
export function batchNorm(w: Weights, name: string, x: Tensor, mode: Normalization): Tensor {
  const channels = channelsOf(x)
  const scale = w.get(`${name}/scale`, [channels], constant(1))
  const offset = w.get(`${name}/offset`, [channels], constant(0))
  const mean = w.get(`${name}/mean`, [channels], constant(0))
  const variance = w.get(`${name}/variance`, [channels], constant(1))
  if (mode.from === 'measured') return normalizeBy(x, mean, variance, scale, offset)
  if (mode.from === 'observed') {
    const moments = tf.moments(x, [0, 1, 2])
    mode.observe(name, moments.mean, moments.variance)
    return normalizeBy(x, moments.mean, moments.variance, scale, offset)
  }
  return normalizeByBatch(x, scale, offset)
}
