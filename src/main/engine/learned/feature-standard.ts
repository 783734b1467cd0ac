/**
 * Features as networks see them: along the axes in which cells of good parts vary (principal components, Pearson
 * 1901), each divided by the fourth root of its variance. As they are, features vary most in what is no defect, such as
 * light; fully whitened, they vary as much in what is noise. Halfway between, large directions stay larger, and
 * networks learn them, while the small ones, in which defects show, still count in a residual.
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

/** The same for a principal component, as a share of the largest variance. */
const leastVariance = 1e-6

/**
 * The correlations of features have eigenvectors e_i with eigenvalues v_i, the largest first; with the features b' of
 * unit deviation, x_i = b' e_i / v_i^(1/4) / u, where u makes the mean variance of x 1.
 * @param components how many are kept; 0 for all
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
  const floor = leastVariance * Math.max(...values) || 1
  const kept = values
    .map((value, axis) => ({ variance: Math.max(value, floor), axis }))
    .sort((a, b) => b.variance - a.variance || a.axis - b.axis)
    .slice(0, components || n)
  // Divided by its fourth root, a variance becomes its square root.
  const meanVariance = kept.reduce((sum, { variance }) => sum + Math.sqrt(variance), 0) / kept.length
  const matrix = new Float32Array(n * kept.length)
  for (const [to, { variance, axis }] of kept.entries()) {
    const factor = 1 / (variance ** 0.25 * Math.sqrt(meanVariance))
    for (let i = 0; i < n; i++) matrix[i * kept.length + to] = unit[i] * vectors.get(i, axis) * factor
  }
  return { mean: Float32Array.from(mean), matrix }
}
