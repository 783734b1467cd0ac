import { expect, it } from 'vitest'
import { standardOf } from '../../../../src/main/engine/learned/feature-standard.ts'
import { whitenedCells } from '../../../../src/main/engine/learned/nearest-cells.ts'
import { MomentSums } from '../../../../src/main/engine/learned/whitening.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'

const at = (values: ArrayLike<number>, index: number): number => elementAt(values, index, 'Values')

/** Two features of unit deviation with the correlation r, each scaled and shifted: eigenvalues 1 + r and 1 - r. */
function correlated(r: number): { mean: Float64Array; covariance: Float64Array } {
  const [a, b] = [3, 0.5]
  return { mean: Float64Array.of(10, -2), covariance: Float64Array.of(a * a, r * a * b, r * a * b, b * b) }
}

it('turns two correlated features onto their sum and difference, in units of their deviation', () => {
  const r = 0.6
  const all = standardOf(correlated(r), 0)
  expect([...all.mean]).toEqual([10, -2])
  // Along (1, 1) / sqrt(2) and (1, -1) / sqrt(2), with features of deviation 3 and 0.5.
  const [first, second] = [0, 1].map((axis) => [at(all.matrix, axis) * 3, at(all.matrix, 2 + axis) * 0.5])
  if (!first || !second) throw new RangeError('two axes')
  for (const value of [...first, ...second]) expect(Math.abs(value)).toBeCloseTo(Math.SQRT1_2, 6)
  expect(Math.sign(at(first, 0) * at(first, 1))).toBe(1)
  expect(Math.sign(at(second, 0) * at(second, 1))).toBe(-1)
  // The larger one alone has the variance 1 + r, and its unit makes that 1.
  const one = standardOf(correlated(r), 1)
  expect(Math.abs(at(one.matrix, 0) * 3)).toBeCloseTo(Math.SQRT1_2 / Math.sqrt(1 + r), 6)
})

it('makes the mean variance of what it keeps 1, whatever the units of the features are', () => {
  const random = createRandom(4)
  const [features, cells] = [7, 4_000]
  const rows = new Float32Array(cells * features)
  for (let cell = 0; cell < cells; cell++) {
    const common = random.normal()
    for (let i = 0; i < features; i++) {
      rows[cell * features + i] = 5 * i + 10 ** (i - 3) * (random.normal() + (i % 2) * 2 * common)
    }
  }
  const sums = new MomentSums(features)
  sums.add(rows)
  const moments = sums.finish()
  for (const components of [0, 3]) {
    const kept = components || features
    const { mean, matrix } = standardOf(moments, components)
    expect(matrix).toHaveLength(features * kept)
    const x = whitenedCells(rows, { mean, whitening: matrix })
    const squares = x.reduce((sum, value) => sum + value * value, 0)
    expect(squares / x.length).toBeCloseTo(1, 2)
  }
})

it('does not stretch a feature that never changes on good parts without limit', () => {
  const { matrix } = standardOf({ mean: new Float64Array(2), covariance: Float64Array.of(4, 0, 0, 0) }, 0)
  expect(matrix.every((value) => Number.isFinite(value))).toBe(true)
})
