import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leakyRelu } from '../../../../src/main/engine/networks/leaky-relu.ts'
import { searchLoss } from '../../../../src/main/engine/systems/anogan/search.ts'
import {
  absoluteDistance,
  anomalyMap,
  discriminatorLoss,
  gradientPenalty,
  meanAbsoluteDistance,
  meanSquaredDistance,
  nonSaturatingLoss,
  wassersteinCriticLoss,
  wassersteinGeneratorLoss,
} from '../../../../src/main/engine/systems/losses.ts'
import { type Tensor, tf } from '../../../../src/main/engine/tensorflow.ts'

const value = (tensor: Tensor): number => tensor.dataSync()[0] ?? Number.NaN

beforeAll(() => {
  tf.engine().startScope()
})
afterAll(() => {
  tf.engine().endScope()
})

describe('losses against cases worked by hand', () => {
  it('critic: E[D(G(z))] - E[D(x)]', () => {
    const loss = wassersteinCriticLoss(tf.tensor2d([[1], [3]]), tf.tensor2d([[-1], [2]]))
    expect(value(loss)).toBeCloseTo(0.5 - 2, 6)
  })

  it('generator: -E[D(G(z))]', () => {
    expect(value(wassersteinGeneratorLoss(tf.tensor2d([[-1], [2]])))).toBeCloseTo(-0.5, 6)
  })

  it('discriminator: -E[log D(x)] - E[log(1 - D(G(z)))] of logits', () => {
    // D is 1/2 and 3/4 on photographs, 1/4 and 1/5 on generated pictures.
    const logit = (probability: number): number => Math.log(probability / (1 - probability))
    const loss = discriminatorLoss(
      tf.tensor2d([[logit(1 / 2)], [logit(3 / 4)]]),
      tf.tensor2d([[logit(1 / 4)], [logit(1 / 5)]]),
    )
    const real = -(Math.log(1 / 2) + Math.log(3 / 4)) / 2
    const fake = -(Math.log(3 / 4) + Math.log(4 / 5)) / 2
    expect(value(loss)).toBeCloseTo(real + fake, 6)
  })

  it('generator that does not saturate: -E[log D(G(z))] of logits', () => {
    const loss = nonSaturatingLoss(tf.tensor2d([[Math.log(1 / 3)], [Math.log(4)]]))
    expect(value(loss)).toBeCloseTo(-(Math.log(1 / 4) + Math.log(4 / 5)) / 2, 6)
  })

  it('both stay finite where a probability would be 0 or 1', () => {
    const sure = tf.tensor2d([[200], [-200]])
    expect(value(discriminatorLoss(sure, sure))).toBeCloseTo(100 + 100, 4)
    expect(value(nonSaturatingLoss(sure))).toBeCloseTo(100, 4)
  })

  it('L1 and 1/n * L1 per sample', () => {
    const [a, b] = [
      tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
      tf.tensor3d([1, 4, 3, 0, 5, 6, 8, 8], [2, 2, 2]),
    ]
    expect([...absoluteDistance(a, b).dataSync()]).toEqual([6, 1])
    expect([...meanAbsoluteDistance(a, b).dataSync()]).toEqual([1.5, 0.25])
  })

  it('search of anogan: (1 - lambda) * L1(x - y) + lambda * L1(f(x) - f(y)) per sample', () => {
    const image = {
      x: tf.tensor2d([
        [1, 2],
        [0, 0],
      ]),
      y: tf.tensor2d([
        [3, 1],
        [0, 1],
      ]),
    }
    const features = { x: tf.tensor2d([[5], [1]]), y: tf.tensor2d([[1], [1]]) }
    const loss = [...searchLoss(0.25, image, features).dataSync()]
    expect(loss).toEqual([0.75 * 3 + 0.25 * 4, 0.75 * 1].map((wanted) => expect.closeTo(wanted, 6)))
  })

  it('1/n * L2^2 per sample', () => {
    const distance = meanSquaredDistance(
      tf.tensor2d([
        [1, 2],
        [0, 0],
      ]),
      tf.tensor2d([
        [3, 2],
        [1, 3],
      ]),
    )
    expect([...distance.dataSync()]).toEqual([2, 5])
  })

  it('anomaly map: mean over channels of |x - y|', () => {
    const map = anomalyMap(
      tf.tensor4d([1, -1, 0.5, 0], [1, 1, 2, 2]),
      tf.tensor4d([0, 1, 0.5, 1], [1, 1, 2, 2]),
    )
    expect(map.shape).toEqual([1, 1, 2])
    expect([...map.dataSync()]).toEqual([1.5, 0.5])
  })
})

describe('gradient penalty', () => {
  const real = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2, 1])
  const fake = tf.zerosLike(real)
  const mix = tf.tensor4d([0.5, 0.25], [2, 1, 1, 1])

  it('of a linear critic w.x is (|w| - 1)^2', () => {
    const w = tf.tensor4d([1, 2, 2, 4], [1, 2, 2, 1])
    const critic = (x: Tensor) => tf.sum(tf.mul(x, w), [1, 2, 3])
    expect(value(gradientPenalty(critic, real, fake, mix))).toBeCloseTo((5 - 1) ** 2, 4)
  })

  it('looks at eps*x + (1 - eps)*G(z): a quadratic critic has the gradient 2x there', () => {
    const critic = (x: Tensor) => tf.sum(tf.square(x), [1, 2, 3])
    const norm = (values: number[], eps: number) => 2 * eps * Math.hypot(...values)
    const expected = ((norm([1, 2, 3, 4], 0.5) - 1) ** 2 + (norm([5, 6, 7, 8], 0.25) - 1) ** 2) / 2
    expect(value(gradientPenalty(critic, real, fake, mix))).toBeCloseTo(expected, 3)
  })

  it('has a gradient of second order that agrees with central differences', () => {
    const image = tf.randomNormal([3, 8, 8, 1], 0, 1, 'float32', 3)
    const other = tf.randomNormal([3, 8, 8, 1], 0, 1, 'float32', 4)
    const eps = tf.tensor4d([0.2, 0.5, 0.9], [3, 1, 1, 1])
    const start = tf.randomNormal([4, 4, 1, 2], 0, 0.5, 'float32', 5)
    const penalty = (kernel: Tensor) =>
      gradientPenalty(
        (x) =>
          tf.sum(
            leakyRelu(
              tf.conv2d(
                x as ReturnType<typeof tf.tensor4d>,
                kernel as ReturnType<typeof tf.tensor4d>,
                2,
                'same',
              ),
            ),
            [1, 2, 3],
          ),
        image,
        other,
        eps,
      )
    const gradient = tf.grad(penalty)(start).dataSync()
    const values = Float32Array.from(start.dataSync())
    for (const index of [0, 7, 19, 31]) {
      const at = (change: number) => {
        const moved = values.slice()
        moved[index] = (moved[index] ?? 0) + change
        return value(penalty(tf.tensor(moved, start.shape)))
      }
      // The penalty is smooth in the kernel only between the kinks of the ReLU: the step stays small.
      const numeric = (at(2e-3) - at(-2e-3)) / 4e-3
      expect(Math.abs((gradient[index] ?? 0) - numeric)).toBeLessThan(0.02 * Math.max(1, Math.abs(numeric)))
    }
  })
})
