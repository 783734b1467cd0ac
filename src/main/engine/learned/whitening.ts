/** Whitening: the axes along which good parts vary together, each in units of how much they do. */

/** Directions in which good parts vary less than this share of their largest variance are not stretched further. */
const leastVariance = 1e-5

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

/**
 * The matrix that makes features with this covariance [n, n] uncorrelated and of unit variance: [n, n],
 * row-major, from feature to direction.
 */
export function whiteningOf(covariance: Float64Array, n: number): Float32Array {
  // By the correlations, so that units do not matter to what counts as a small variance.
  const deviation = Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i] ?? 0) || 1)
  const correlation = covariance.map(
    (value, at) => value / ((deviation[Math.floor(at / n)] ?? 1) * (deviation[at % n] ?? 1)),
  )
  const { values, vectors } = symmetricEigen(correlation, n)
  const floor = leastVariance * Math.max(...values)
  return Float32Array.from(
    vectors,
    (value, at) =>
      value / ((deviation[Math.floor(at / n)] ?? 1) * Math.sqrt(Math.max(0, values[at % n] ?? 0) + floor)),
  )
}
