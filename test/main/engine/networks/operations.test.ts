import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { normalizeBy, normalizeByBatch } from '../../../../src/main/engine/networks/batch-norm.ts'
import { addBias } from '../../../../src/main/engine/networks/bias.ts'
import { normalizeByLayer } from '../../../../src/main/engine/networks/layer-norm.ts'
import { leakyRelu } from '../../../../src/main/engine/networks/leaky-relu.ts'
import { pooledStatistics } from '../../../../src/main/engine/networks/measure.ts'
import { doubled, halved } from '../../../../src/main/engine/networks/resampling.ts'
import { provider, type Tensor, tf } from '../../../../src/main/engine/tensorflow.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const random = createRandom(7)
const normal = (...shape: number[]): Tensor =>
  tf.tensor(random.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape)

/** dL/dx of a scalar function by central differences in the direction of one value. */
function centralDifference(f: (x: Tensor) => Tensor, x: Tensor, index: number, step: number): number {
  const values = Float32Array.from(x.dataSync())
  const at = (change: number) => {
    const moved = values.slice()
    moved[index] = (moved[index] ?? 0) + change
    return f(tf.tensor(moved, x.shape)).dataSync()[0] ?? Number.NaN
  }
  return (at(step) - at(-step)) / (2 * step)
}

beforeAll(() => {
  tf.engine().startScope()
})
afterAll(() => {
  tf.engine().endScope()
})

it(`runs on ${provider.backend}`, () => {
  expect(provider.why.code).not.toBe('')
})

describe('leaky ReLU', () => {
  it('is h above zero and 0.2 h below', () => {
    expect([...leakyRelu(tf.tensor1d([-2, -0.5, 0.5, 3])).dataSync()]).toEqual(
      [-0.4, -0.1, 0.5, 3].map((v) => expect.closeTo(v, 6)),
    )
  })

  it('has the slope as gradient', () => {
    const gradient = tf.grad((h) => tf.sum(tf.mul(leakyRelu(h), tf.tensor1d([1, 2, 3, 4]))))
    expect([...gradient(tf.tensor1d([-2, -0.5, 0.5, 3])).dataSync()]).toEqual(
      [0.2, 0.4, 3, 4].map((v) => expect.closeTo(v, 6)),
    )
  })

  it('can be differentiated twice: the gradient of a squared gradient with respect to a weight', () => {
    const x = normal(6)
    // s(w) = sum over i of (d/dx_i leaky(w x_i))^2 = sum of slope(w x_i)^2 w^2
    const squared = (w: Tensor) =>
      tf.sum(tf.square(tf.grad((input: Tensor) => tf.sum(leakyRelu(tf.mul(input, w))))(x)))
    const second = tf.grad(squared)(tf.scalar(1.5)).dataSync()[0]
    const slopes = [...x.dataSync()].map((v) => (v > 0 ? 1 : 0.2))
    expect(second).toBeCloseTo(slopes.reduce((sum, s) => sum + s * s, 0) * 2 * 1.5, 4)
  })
})

describe('bias', () => {
  it('is added to the last axis and gathers its gradient over the others', () => {
    const x = normal(2, 3, 3, 4)
    const bias = normal(4)
    const weights = normal(2, 3, 3, 4)
    expect(tf.max(tf.abs(tf.sub(addBias(x, bias), tf.add(x, bias)))).dataSync()[0]).toBe(0)
    const ours = tf.grad((b) => tf.sum(tf.mul(addBias(x, b), weights)))(bias)
    const expected = tf.sum(weights, [0, 1, 2])
    expect(tf.max(tf.abs(tf.sub(ours, expected))).dataSync()[0]).toBeLessThan(1e-5)
  })
})

describe('batch norm', () => {
  const x = normal(4, 3, 3, 2)
  const scale = normal(2)
  const offset = normal(2)
  const weights = normal(4, 3, 3, 2)

  it('agrees with its formula', () => {
    const { mean, variance } = tf.moments(x, [0, 1, 2])
    const expected = normalizeBy(x, mean, variance, scale, offset)
    const ours = normalizeByBatch(x, scale, offset)
    expect(tf.max(tf.abs(tf.sub(ours, expected))).dataSync()[0]).toBeLessThan(1e-5)
  })

  it.each([
    ['x', (v: Tensor) => tf.sum(tf.mul(normalizeByBatch(v, scale, offset), weights)), x],
    ['scale', (v: Tensor) => tf.sum(tf.mul(normalizeByBatch(x, v, offset), weights)), scale],
    ['offset', (v: Tensor) => tf.sum(tf.mul(normalizeByBatch(x, scale, v), weights)), offset],
  ] as const)('has the right gradient with respect to %s', (_, loss, at) => {
    const gradient = tf.grad(loss)(at).dataSync()
    for (const index of [0, at.size - 1]) {
      expect(gradient[index]).toBeCloseTo(centralDifference(loss, at, index, 1e-2), 2)
    }
  })

  it('pools statistics of batches as if they had been one', () => {
    const batches = [normal(4, 2, 2, 1), normal(4, 2, 2, 1)]
    const observed = batches.map((batch) => {
      const { mean, variance } = tf.moments(batch, [0, 1, 2])
      return {
        'a/mean': Float32Array.from(mean.dataSync()),
        'a/variance': Float32Array.from(variance.dataSync()),
      }
    })
    const together = tf.moments(tf.concat(batches), [0, 1, 2])
    const pooled = pooledStatistics(observed)
    expect(pooled['a/mean']?.[0]).toBeCloseTo(together.mean.dataSync()[0] ?? Number.NaN, 5)
    expect(pooled['a/variance']?.[0]).toBeCloseTo(together.variance.dataSync()[0] ?? Number.NaN, 5)
  })
})

describe('layer norm', () => {
  const x = normal(3, 2, 2, 4)
  const scale = normal(4)
  const offset = normal(4)
  const weights = normal(3, 2, 2, 4)

  it('gives each sample mean 0 and variance 1 before scale and offset, whatever the others are', () => {
    const plain = normalizeByLayer(x, tf.ones([4]), tf.zeros([4]))
    const { mean, variance } = tf.moments(plain, [1, 2, 3])
    for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 5)
    for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 3)
    const alone = normalizeByLayer(tf.slice(x, [1, 0, 0, 0], [1, 2, 2, 4]), scale, offset)
    const together = tf.slice(normalizeByLayer(x, scale, offset), [1, 0, 0, 0], [1, 2, 2, 4])
    expect(tf.max(tf.abs(tf.sub(alone, together))).dataSync()[0]).toBeLessThan(1e-6)
  })

  it.each([
    ['x', (v: Tensor) => tf.sum(tf.mul(normalizeByLayer(v, scale, offset), weights)), x],
    ['scale', (v: Tensor) => tf.sum(tf.mul(normalizeByLayer(x, v, offset), weights)), scale],
    ['offset', (v: Tensor) => tf.sum(tf.mul(normalizeByLayer(x, scale, v), weights)), offset],
  ] as const)('has the right gradient with respect to %s', (_, loss, at) => {
    const gradient = tf.grad(loss)(at).dataSync()
    for (const index of [0, 1, at.size - 1]) {
      expect(gradient[index]).toBeCloseTo(centralDifference(loss, at, index, 1e-2), 2)
    }
  })

  it.each([
    ['x', (v: Tensor) => slope(v, scale), x],
    ['scale', (v: Tensor) => slope(x, v), scale],
  ] as const)('has the right gradient of its squared gradient with respect to %s', (_, squared, at) => {
    const gradient = tf.grad(squared)(at).dataSync()
    for (const index of [0, 2, at.size - 1]) {
      const numeric = centralDifference(squared, at, index, 1e-2)
      const error = Math.abs((gradient[index] ?? 0) - numeric)
      expect(error).toBeLessThan(5e-3 * Math.max(1, Math.abs(numeric)))
    }
  })

  /** The squared norm of the gradient of a function of layer norm that is curved: what a penalty looks at. */
  function slope(at: Tensor, by: Tensor): Tensor {
    const value = (v: Tensor) => tf.sum(tf.mul(tf.square(normalizeByLayer(v, by, offset)), weights))
    return tf.sum(tf.square(tf.grad(value)(at)))
  }
})

describe('resampling', () => {
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2])

  it('doubles each pixel along both sides', () => {
    expect([...doubled(x).dataSync()]).toEqual([
      ...[1, 2, 1, 2, 3, 4, 3, 4],
      ...[1, 2, 1, 2, 3, 4, 3, 4],
      ...[5, 6, 5, 6, 7, 8, 7, 8],
      ...[5, 6, 5, 6, 7, 8, 7, 8],
    ])
  })

  it('halves by the mean of each 2x2 pixels', () => {
    expect([...halved(x).dataSync()]).toEqual([4, 5])
    expect([...halved(doubled(x)).dataSync()]).toEqual([...x.dataSync()])
  })

  it('halves each sample of a batch by itself', () => {
    const batch = normal(3, 4, 4, 2)
    const wanted = tf.avgPool(batch.as4D(3, 4, 4, 2), 2, 2, 'valid')
    expect(tf.max(tf.abs(tf.sub(halved(batch), wanted))).dataSync()[0]).toBeLessThan(1e-6)
  })

  it.each([
    ['doubling', (v: Tensor) => doubled(v)],
    ['halving', (v: Tensor) => halved(v)],
  ] as const)('%s can be differentiated twice', (_, resampled) => {
    const at = normal(2, 4, 4, 1)
    // The gradient of sum(y^3) is 3 y^2 dy: its square depends on x.
    const squared = (v: Tensor) =>
      tf.sum(tf.square(tf.grad((u: Tensor) => tf.sum(tf.pow(resampled(u), 3)))(v)))
    const gradient = tf.grad(squared)(at).dataSync()
    for (const index of [0, 13, 31]) {
      const numeric = centralDifference(squared, at, index, 1e-2)
      expect(Math.abs((gradient[index] ?? 0) - numeric)).toBeLessThan(2e-2 * Math.max(1, Math.abs(numeric)))
    }
  })
})
