import { describe, expect, it } from 'vitest'
import { auroc, partialAuroc, resampledAuroc } from '../../../src/main/metrics/auroc.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { classificationCases } from './reference.ts'

describe.each(classificationCases)('AUROC of $name', ({ scores, labels, ...expected }) => {
  it('is scikit-learn’s, and Mann and Whitney’s in SciPy', () => {
    expect(auroc(scores, labels)).toBeCloseTo(expected.auroc, 12)
    expect(auroc(scores, labels)).toBeCloseTo(expected.mannWhitney, 12)
  })

  it.each(Object.entries(expected.partialAuroc))(
    'up to a false-positive rate of %s is scikit-learn’s',
    (limit, { raw, standardised }) => {
      const partial = partialAuroc(scores, labels, Number(limit))
      expect(partial?.raw).toBeCloseTo(raw, 12)
      // At the limit 1 scikit-learn returns the plain area.
      const found = limit === '1.0' ? partial?.raw : partial?.standardised
      expect(found).toBeCloseTo(standardised, 12)
    },
  )

  it('of items drawn more than once is that of a list in which they stand more than once', () => {
    const random = createRandom(4)
    const evaluate = resampledAuroc(scores, labels)
    expect(evaluate(new Uint32Array(scores.length).fill(1))).toBeCloseTo(expected.auroc, 12)
    const counts = Uint32Array.from(scores, () => random.int(3))
    const repeat = (values: number[]) => values.flatMap((value, i) => Array(counts[i] ?? 0).fill(value))
    const direct = auroc(repeat(scores), repeat(labels))
    if (direct === null) expect(evaluate(counts)).toBeNull()
    else expect(evaluate(counts)).toBeCloseTo(direct, 12)
  })
})

describe('AUROC', () => {
  it('is the same on typed arrays', () => {
    const [first] = classificationCases
    const scores = Float64Array.from(first?.scores ?? [])
    const labels = Uint8Array.from(first?.labels ?? [])
    expect(auroc(scores, labels)).toBeCloseTo(first?.auroc ?? Number.NaN, 12)
  })

  it('does not exist with one class only', () => {
    expect(auroc([1, 2, 3], [0, 0, 0])).toBeNull()
    expect(auroc([1, 2, 3], [1, 1, 1])).toBeNull()
    expect(auroc([], [])).toBeNull()
    expect(partialAuroc([1, 2], [1, 1], 0.1)).toBeNull()
    expect(resampledAuroc([1, 2], [0, 1])([2, 0])).toBeNull()
  })

  it('ranks infinite scores at the ends', () => {
    const scores = [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    expect(auroc(scores, [0, 0, 1, 1])).toBe(1)
    expect(auroc(scores, [0, 0, 0, 1])).toBeCloseTo(2.5 / 3, 12)
  })

  it('refuses a score that is not a number, and says which', () => {
    expect(() => auroc([0.1, Number.NaN], [0, 1])).toThrow(
      expect.objectContaining({ code: 'metrics-nan', message: expect.stringContaining('item 1') }),
    )
    expect(() => resampledAuroc([Number.NaN], [0])).toThrow(expect.objectContaining({ code: 'metrics-nan' }))
  })

  it('refuses labels that are not one for each score', () => {
    expect(() => auroc([0.1], [0, 1])).toThrow(expect.objectContaining({ code: 'metrics-length' }))
  })

  it.each([0, -0.1, 1.1, Number.NaN])('has no part up to a false-positive rate of %d', (limit) => {
    expect(() => partialAuroc([1, 2], [0, 1], limit)).toThrow(
      expect.objectContaining({ code: 'metrics-argument' }),
    )
  })
})
