/**
 * Features as networks see them: standardized by their mean and deviation on good parts, along the axes in which these
 * vary together (principal components, Pearson 1901). All axes have one unit: large ones stay larger, which networks
 * learn first, and what is left in the small ones is not taken for more than it is.
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
 * With features b' of unit deviation and the eigenvectors e_i of their correlations, those of the largest eigenvalues
 * first, x_i = b' e_i / u, where u makes the mean variance of what is kept 1. Where all are kept, u is 1.
 * @param components how many are kept, not more than there are features; 0 for all
 */
export function standardOf({ mean, covariance }: Moments, components: number): FeatureStandard {
  const n = mean.length
  requireLength(covariance, n * n, 'A covariance matrix')
  const deviation = Float64Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, covariance[i * n + i])))
  const least = (leastDeviation * deviation.reduce((sum, value) => sum + value, 0)) / n || 1
  const unit = deviation.map((value) => 1 / Math.max(value, least))
  const correlation = covariance.map((value, at) => value * unit[Math.floor(at / n)] * unit[at % n])
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(
    Matrix.from1DArray(n, n, correlation),
    { assumeSymmetric: true },
  )
  const kept = values
    .map((value, axis) => ({ variance: Math.max(0, value), axis }))
    .sort((a, b) => b.variance - a.variance || a.axis - b.axis)
    .slice(0, components || n)
  const meanVariance = kept.reduce((sum, { variance }) => sum + variance, 0) / kept.length
  const factor = meanVariance > 0 ? 1 / Math.sqrt(meanVariance) : 1
  const matrix = new Float32Array(n * kept.length)
  for (const [to, { axis }] of kept.entries()) {
    for (let i = 0; i < n; i++) matrix[i * kept.length + to] = unit[i] * vectors.get(i, axis) * factor
  }
  return { mean: Float32Array.from(mean), matrix }
}
