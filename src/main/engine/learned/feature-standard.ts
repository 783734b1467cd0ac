/**
 * Features as networks see them: each standardized by its mean and deviation on good parts, and where fewer values are
 * wanted, the principal components of that (Pearson 1901).
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { requireLength } from '../../platform/array-bounds.ts'
import type { Moments } from './whitening.ts'

/** x = (b - mean) matrix, for the features b of a cell. */
export interface FeatureStandard {
  /** [features] */
  mean: Float32Array
  /** [features, channels], row-major, from feature to channel of x. */
  matrix: Float32Array
}

/** A feature that hardly varies on good parts is not stretched more than this, as a share of the mean deviation. */
const leastDeviation = 0.01

/**
 * Principal components get a common unit, in which they have a variance of 1 on average: the large ones stay larger
 * than the small ones, as in the features themselves.
 * @param components how many; 0 for the features themselves
 */
export function standardOf({ mean, covariance }: Moments, components: number): FeatureStandard {
  const n = mean.length
  requireLength(covariance, n * n, 'A covariance matrix')
  const deviation = Float64Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, covariance[i * n + i])))
  const least = (leastDeviation * deviation.reduce((sum, value) => sum + value, 0)) / n || 1
  const unit = deviation.map((value) => 1 / Math.max(value, least))
  if (components === 0) {
    const matrix = new Float32Array(n * n)
    for (let i = 0; i < n; i++) matrix[i * n + i] = unit[i]
    return { mean: Float32Array.from(mean), matrix }
  }
  const correlation = covariance.map((value, at) => value * unit[Math.floor(at / n)] * unit[at % n])
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(
    Matrix.from1DArray(n, n, correlation),
    { assumeSymmetric: true },
  )
  const kept = values
    .map((value, axis) => ({ value: Math.max(0, value), axis }))
    .sort((a, b) => b.value - a.value || a.axis - b.axis)
    .slice(0, components)
  const variance = kept.reduce((sum, { value }) => sum + value, 0) / kept.length
  const factor = variance > 0 ? 1 / Math.sqrt(variance) : 1
  const matrix = new Float32Array(n * kept.length)
  for (const [to, { axis }] of kept.entries()) {
    for (let i = 0; i < n; i++) matrix[i * kept.length + to] = unit[i] * vectors.get(i, axis) * factor
  }
  return { mean: Float32Array.from(mean), matrix }
}
