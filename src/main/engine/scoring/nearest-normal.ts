/**
 * How far the cells of a photograph are from the nearest ones of good parts: features whitened by their
 * covariance on training photographs, and the distance to the nearest of a bank of training cells. What is
 * common on good parts is near to some of them, however strong; what is not has no neighbor.
 *
 * The nearest neighbor as a measure of anomaly: Roth et al. 2022 (PatchCore), equation 6, with features of the
 * GAN's residual in place of a network that was trained on other people's photographs.
 */
import type { Random } from '../../random.ts'
import { tf } from '../tensorflow.ts'
import type { TensorMap } from '../training/safetensors.ts'
import { type Cells, textureFeatures } from './residual-texture.ts'

/** Cells in the bank, at most. */
export const bankLimit = 16_384

/** The share of a photograph's cells, the farthest, that its score is the mean of. */
export const farthestShare = 0.02

/** Cells that are compared with the bank at once. */
const chunk = 1_024

/** Directions in which good parts vary less than this share of their largest variance are not stretched further. */
const leastVariance = 1e-5

export interface NormalTexture {
  /** [features] */
  mean: Float32Array
  /** Whitens: [features, features], row-major, from feature to direction. */
  whitening: Float32Array
  /** Whitened cells: [cells, features]. */
  bank: Float32Array
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix by Jacobi rotations (Golub and Van Loan, 8.5). */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(matrix)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  const at = (m: Float64Array, row: number, column: number): number => m[row * n + column] ?? 0
  const rotate = (m: Float64Array, i: number, j: number, cos: number, sin: number): void => {
    const [p, q] = [m[i] ?? 0, m[j] ?? 0]
    m[i] = cos * p - sin * q
    m[j] = sin * p + cos * q
  }
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += at(a, p, q) ** 2
    if (off < 1e-22) break
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = at(a, p, q)
        if (apq === 0) continue
        const theta = (at(a, q, q) - at(a, p, p)) / (2 * apq)
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const cos = 1 / Math.sqrt(t * t + 1)
        const sin = t * cos
        for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, cos, sin)
        for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, cos, sin)
        for (let k = 0; k < n; k++) rotate(v, k * n + p, k * n + q, cos, sin)
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => at(a, i, i)), vectors: v }
}

/** Gathers cells of training photographs, as many of each, and learns from them what is normal. */
export class TextureGathering {
  readonly #perPhotograph: number
  readonly #random: Random
  readonly #cells: Float32Array[] = []

  constructor(photographs: number, random: Random) {
    this.#perPhotograph = Math.max(1, Math.floor(bankLimit / Math.max(1, photographs)))
    this.#random = random
  }

  add({ data, rows, columns }: Cells): void {
    const order = this.#random.shuffle(Array.from({ length: rows * columns }, (_, cell) => cell))
    for (const cell of order.slice(0, this.#perPhotograph)) {
      this.#cells.push(data.slice(cell * textureFeatures, (cell + 1) * textureFeatures))
    }
  }

  finish(): NormalTexture {
    const n = textureFeatures
    const count = this.#cells.length
    const mean = new Float64Array(n)
    for (const cell of this.#cells)
      for (let i = 0; i < n; i++) mean[i] = (mean[i] ?? 0) + (cell[i] ?? 0) / count
    const covariance = new Float64Array(n * n)
    for (const cell of this.#cells) {
      for (let i = 0; i < n; i++) {
        const di = (cell[i] ?? 0) - (mean[i] ?? 0)
        for (let j = 0; j < n; j++) {
          const dj = (cell[j] ?? 0) - (mean[j] ?? 0)
          covariance[i * n + j] = (covariance[i * n + j] ?? 0) + (di * dj) / count
        }
      }
    }
    // By the correlations, so that units do not matter to what counts as a small variance.
    const deviation = Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i] ?? 0) || 1)
    const correlation = covariance.map(
      (value, at) => value / ((deviation[Math.floor(at / n)] ?? 1) * (deviation[at % n] ?? 1)),
    )
    const { values, vectors } = symmetricEigen(correlation, n)
    const floor = leastVariance * Math.max(...values)
    const whitening = Float32Array.from(
      vectors,
      (value, at) =>
        value / ((deviation[Math.floor(at / n)] ?? 1) * Math.sqrt(Math.max(0, values[at % n] ?? 0) + floor)),
    )
    const mean32 = Float32Array.from(mean)
    const all = new Float32Array(count * n)
    for (const [i, cell] of this.#cells.entries()) all.set(cell, i * n)
    return { mean: mean32, whitening, bank: whiten(all, { mean: mean32, whitening }) }
  }
}

function whiten(cells: Float32Array, { mean, whitening }: Omit<NormalTexture, 'bank'>): Float32Array {
  const n = textureFeatures
  return tf.tidy(() => {
    const centered = tf.sub(tf.tensor2d(cells, [cells.length / n, n]), tf.tensor1d(mean))
    return Float32Array.from(tf.matMul(centered.as2D(-1, n), tf.tensor2d(whitening, [n, n])).dataSync())
  })
}

/** Keeps the bank ready to be compared with. */
export class NearestNormal {
  readonly #texture: NormalTexture
  readonly #bank: ReturnType<typeof tf.tensor2d>
  readonly #squares: ReturnType<typeof tf.tensor2d>

  constructor(texture: NormalTexture) {
    const n = textureFeatures
    this.#texture = texture
    this.#bank = tf.keep(tf.tensor2d(texture.bank, [texture.bank.length / n, n]))
    this.#squares = tf.keep(tf.tidy(() => tf.sum(tf.square(this.#bank), 1).as2D(1, -1)))
  }

  /** Distance of each cell to the nearest of the bank: [rows * columns]. */
  distances({ data, rows, columns }: Cells): Float32Array {
    const n = textureFeatures
    const out = new Float32Array(rows * columns)
    const white = whiten(data, this.#texture)
    for (let from = 0; from < out.length; from += chunk) {
      const count = Math.min(chunk, out.length - from)
      const nearest = tf.tidy(() => {
        const cells = tf.tensor2d(white.subarray(from * n, (from + count) * n), [count, n])
        const products = tf.matMul(cells, this.#bank, false, true)
        const squared = tf.add(tf.sub(this.#squares, tf.mul(products, 2)), tf.sum(tf.square(cells), 1, true))
        return tf.sqrt(tf.relu(tf.min(squared, 1))).dataSync()
      })
      out.set(nearest, from)
    }
    return out
  }

  /** Mean of the farthest cells, each taken together with its neighbors. */
  score(cells: Cells): number {
    return farthest(together(this.distances(cells), cells))
  }

  dispose(): void {
    tf.dispose([this.#bank, this.#squares])
  }
}

/** Each value averaged with its neighbors: 1 2 1 both ways. */
function together(values: Float32Array, { rows, columns }: { rows: number; columns: number }): Float32Array {
  const weights = [1, 2, 1]
  const out = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [sum, total] = [0, 0]
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const [y, x] = [row + dy, column + dx]
          if (y < 0 || x < 0 || y >= rows || x >= columns) continue
          const weight = (weights[dy + 1] ?? 0) * (weights[dx + 1] ?? 0)
          sum += weight * (values[y * columns + x] ?? 0)
          total += weight
        }
      }
      out[row * columns + column] = sum / total
    }
  }
  return out
}

function farthest(values: Float32Array): number {
  const count = Math.max(1, Math.round(values.length * farthestShare))
  const top = Float32Array.from(values)
    .sort()
    .subarray(values.length - count)
  return top.reduce((sum, value) => sum + value, 0) / count
}

const prefix = 'texture/'

/** As tensors of a model file. */
export function textureTensors({ mean, whitening, bank }: NormalTexture): TensorMap {
  const n = textureFeatures
  return {
    [`${prefix}mean`]: { shape: [n], data: mean },
    [`${prefix}whitening`]: { shape: [n, n], data: whitening },
    [`${prefix}bank`]: { shape: [bank.length / n, n], data: bank },
  }
}

/** From the tensors of a model file; null where it has none. */
export function textureOf(tensors: TensorMap): NormalTexture | null {
  const [mean, whitening, bank] = ['mean', 'whitening', 'bank'].map((name) => tensors[prefix + name]?.data)
  return mean && whitening && bank ? { mean, whitening, bank } : null
}
