/**
 * Whitening: finds the axes along which good parts vary together, and measures each in units of its own variation.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { requireLength, requireRows } from '../../platform/array-bounds.ts'

/** Directions in which good parts vary less than this share of their largest variance are not stretched further. */
const leastVariance = 1e-5

/** How features vary together: their means [features] and covariance [features, features]. */
export interface Moments {
  mean: Float64Array
  covariance: Float64Array
}

/** Moments of rows of n features each. */
export function momentsOf(rows: readonly Float32Array[], n: number): Moments {
  const mean = new Float64Array(n)
  for (const row of rows) {
    requireLength(row, n, 'Features of a cell')
    for (let i = 0; i < n; i++) mean[i] += row[i] / rows.length
  }
  const covariance = new Float64Array(n * n)
  for (const row of rows) {
    for (let i = 0; i < n; i++) {
      const di = row[i] - mean[i]
      for (let j = 0; j < n; j++) covariance[i * n + j] += (di * (row[j] - mean[j])) / rows.length
    }
  }
  return { mean, covariance }
}

/** The same moments, for more rows than fit in memory: from their sums and the sums of their products. */
export class MomentSums {
  readonly #features: number
  readonly #sum: Float64Array
  readonly #products: Float64Array
  #count = 0

  constructor(features: number) {
    this.#features = features
    this.#sum = new Float64Array(features)
    this.#products = new Float64Array(features * features)
  }

  /** @param rows [rows, features] */
  add(rows: Float32Array): void {
    const n = this.#features
    requireRows(rows, n, 'Features of cells')
    const [sum, products] = [this.#sum, this.#products]
    for (let at = 0; at < rows.length; at += n) {
      for (let i = 0; i < n; i++) {
        const value = rows[at + i]
        sum[i] += value
        // The matrix is symmetric, so half of it is enough.
        for (let j = 0; j <= i; j++) products[i * n + j] += value * rows[at + j]
      }
    }
    this.#count += rows.length / n
  }

  /** Takes the rows that other sums have taken. @throws RangeError where they are of another number of features */
  join(other: MomentSums): void {
    requireLength(other.#sum, this.#features, 'Sums of features')
    for (let i = 0; i < this.#sum.length; i++) this.#sum[i] += other.#sum[i]
    for (let i = 0; i < this.#products.length; i++) this.#products[i] += other.#products[i]
    this.#count += other.#count
  }

  finish(): Moments {
    const n = this.#features
    const count = Math.max(1, this.#count)
    const mean = this.#sum.map((value) => value / count)
    const covariance = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const value = this.#products[i * n + j] / count - mean[i] * mean[j]
        covariance[i * n + j] = value
        covariance[j * n + i] = value
      }
    }
    return { mean, covariance }
  }
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix by Jacobi rotations (Golub and Van Loan, 8.5). */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  requireLength(matrix, n * n, 'A square matrix')
  const a = Float64Array.from(matrix)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  const at = (m: Float64Array, row: number, column: number): number => m[row * n + column]
  const rotate = (m: Float64Array, i: number, j: number, cos: number, sin: number): void => {
    const [p, q] = [m[i], m[j]]
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

/**
 * The matrix that makes features with this covariance [n, n] uncorrelated and of unit variance: [n, n],
 * row-major, from feature to direction.
 */
export function whiteningOf(covariance: Float64Array, n: number): Float32Array {
  requireLength(covariance, n * n, 'A covariance matrix')
  // By the correlations, so that units do not matter to what counts as a small variance.
  const deviation = Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i]) || 1)
  const correlation = covariance.map(
    (value, at) => value / (deviation[Math.floor(at / n)] * deviation[at % n]),
  )
  const { values, vectors } = symmetricEigen(correlation, n)
  const floor = leastVariance * Math.max(...values)
  return Float32Array.from(
    vectors,
    (value, at) => value / (deviation[Math.floor(at / n)] * Math.sqrt(Math.max(0, values[at % n]) + floor)),
  )
}

/**
 * A matrix W for which |W (a - b)|^2 is the Mahalanobis distance (a - b)' (C + e I)^-1 (a - b), with the covariance C
 * [n, n] drawn toward a multiple of the identity as a small sample calls for (Ledoit and Wolf 2004), along the
 * directions in which good parts vary most.
 * @param share e as a share of the mean variance
 * @param directions how many, at most
 * @returns [n, directions], row-major, from feature to direction
 */
export function shrunkWhiteningOf(
  covariance: Float64Array,
  n: number,
  { share, directions }: { share: number; directions: number },
): Float32Array {
  requireLength(covariance, n * n, 'A covariance matrix')
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(
    Matrix.from1DArray(n, n, covariance),
    { assumeSymmetric: true },
  )
  const added = Math.max((share * values.reduce((sum, value) => sum + value, 0)) / n, Number.EPSILON)
  const kept = values
    .map((value, axis) => ({ value, axis }))
    .sort((a, b) => b.value - a.value || a.axis - b.axis)
    .slice(0, directions)
  const out = new Float32Array(n * kept.length)
  for (const [to, { value, axis }] of kept.entries()) {
    const factor = 1 / Math.sqrt(Math.max(0, value) + added)
    for (let i = 0; i < n; i++) out[i * kept.length + to] = vectors.get(i, axis) * factor
  }
  return out
}
