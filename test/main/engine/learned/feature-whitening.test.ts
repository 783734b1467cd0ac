import { describe, expect, it } from 'vitest'
import {
  type FeatureWhitening,
  farthestCells,
  WhiteningGathering,
  whitenedDistance,
  whiteningOfModel,
  whiteningTensors,
} from '../../../../src/main/engine/learned/feature-whitening.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

type Shape = [number, number, number, number]

const distance = (x: Float32Array, y: Float32Array, shape: Shape, whitening: FeatureWhitening): number[] =>
  tf.tidy(() => [...whitenedDistance(tf.tensor4d(x, shape), tf.tensor4d(y, shape), whitening).dataSync()])

describe('the whitened distance of early features', () => {
  it('is the length of the residual along the axes of good parts, worked by hand', () => {
    // Residuals (3, 0) and (0, 2), mean (1, 0); along the first axis good parts vary twice as much.
    const whitening = { mean: Float32Array.of(1, 0), whitening: Float32Array.of(0.5, 0, 0, 1) }
    const [farthest] = distance(
      Float32Array.of(3, 0, 5, 5),
      Float32Array.of(0, 0, 5, 3),
      [1, 1, 2, 2],
      whitening,
    )
    // (3 - 1) / 2 = 1 along the first; of the second cell (0 - 1) / 2 and 2.
    expect(farthest).toBeCloseTo(Math.hypot(0.5, 2), 6)
  })

  it('is what a computation in double precision finds: the mean of the farthest hundredth of the cells', () => {
    const random = createRandom(1)
    const shape: Shape = [3, 16, 16, 5]
    const [samples, cells, n] = [shape[0], shape[1] * shape[2], shape[3]]
    const x = random.fillNormal(new Float32Array(samples * cells * n))
    const y = random.fillNormal(new Float32Array(samples * cells * n))
    const mean = random.fillNormal(new Float32Array(n))
    const whitening = random.fillNormal(new Float32Array(n * n))
    const found = distance(x, y, shape, { mean, whitening })
    const count = Math.round(farthestCells * cells)
    expect(count).toBe(3)
    for (const [sample, value] of found.entries()) {
      const distances = Array.from({ length: cells }, (_, cell) => {
        const from = (sample * cells + cell) * n
        const residual = Array.from(mean, (m, i) => (x[from + i] ?? 0) - (y[from + i] ?? 0) - m)
        const white = residual.map((_, to) =>
          residual.reduce((sum, r, i) => sum + r * (whitening[i * n + to] ?? 0), 0),
        )
        return Math.hypot(...white)
      }).sort((a, b) => b - a)
      const wanted = distances.slice(0, count).reduce((sum, d) => sum + d, 0) / count
      expect(Math.abs(value / wanted - 1)).toBeLessThan(1e-5)
    }
  })
})

describe('what residuals of good parts have in common', () => {
  it('leaves them of mean 0, of variance 1 and uncorrelated', () => {
    const random = createRandom(2)
    const [n, count] = [4, 4000]
    const mixing = Float32Array.from({ length: n * n }, (_, at) =>
      at % (n + 1) === 0 ? 2 : 0.5 * random.normal(),
    )
    const cells = new Float32Array(count * n)
    for (let cell = 0; cell < count; cell++) {
      const white = Array.from({ length: n }, () => random.normal())
      for (let i = 0; i < n; i++) {
        cells[cell * n + i] = 3 + white.reduce((sum, value, j) => sum + value * (mixing[j * n + i] ?? 0), 0)
      }
    }
    const gathering = new WhiteningGathering(n)
    gathering.add(cells.subarray(0, 1000 * n))
    gathering.add(cells.subarray(1000 * n))
    const { mean, whitening } = gathering.finish()
    const white = Array.from({ length: count }, (_, cell) =>
      Array.from({ length: n }, (_, to) => {
        let sum = 0
        for (let i = 0; i < n; i++) {
          sum += ((cells[cell * n + i] ?? 0) - (mean[i] ?? 0)) * (whitening[i * n + to] ?? 0)
        }
        return sum
      }),
    )
    for (let i = 0; i < n; i++) {
      expect(white.reduce((sum, row) => sum + (row[i] ?? 0), 0) / count).toBeCloseTo(0, 3)
      for (let j = 0; j <= i; j++) {
        const product = white.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0) / count
        expect(product).toBeCloseTo(i === j ? 1 : 0, 2)
      }
    }
  })

  it('comes back from the tensors of a model file as it was', () => {
    const whitening = { mean: Float32Array.of(1, 2), whitening: Float32Array.of(1, 0, 0, 1) }
    expect(whiteningOfModel(whiteningTensors(whitening))).toEqual(whitening)
    expect(whiteningOfModel({})).toBeNull()
  })
})
