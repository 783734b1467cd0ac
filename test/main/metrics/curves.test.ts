import { describe, expect, it } from 'vitest'
import { averagePrecision } from '../../../src/main/metrics/average-precision.ts'
import { f1AtBest } from '../../../src/main/metrics/best-f1.ts'
import { confusion, rates } from '../../../src/main/metrics/confusion.ts'
import { precisionRecallCurve } from '../../../src/main/metrics/precision-recall-curve.ts'
import { rocCurve } from '../../../src/main/metrics/roc-curve.ts'
import { classificationCases } from './reference.ts'

function expectClose(found: ArrayLike<number> | undefined, expected: number[]): void {
  expect(found?.length).toBe(expected.length)
  expect(Array.from(found ?? [], (value, i) => Math.abs(value - (expected[i] ?? 0)) < 1e-12)).not.toContain(
    false,
  )
}

describe.each(classificationCases)('$name', ({ scores, labels, ...expected }) => {
  it('has scikit-learn’s average precision', () => {
    expect(averagePrecision(scores, labels)).toBeCloseTo(expected.averagePrecision, 12)
  })

  it('has scikit-learn’s best F1, at a threshold that gives it', () => {
    const best = f1AtBest(scores, labels)
    expect(best?.f1).toBeCloseTo(expected.bestF1, 12)
    const there = rates(confusion(scores, labels, best?.threshold ?? Number.NaN))
    expect(there.f1).toBeCloseTo(expected.bestF1, 12)
    expect(there.precision).toBeCloseTo(best?.precision ?? Number.NaN, 12)
    expect(there.recall).toBeCloseTo(best?.recall ?? Number.NaN, 12)
  })

  it('has scikit-learn’s confusion matrix', () => {
    const { threshold, tp, fp, tn, fn } = expected.confusion
    expect(confusion(scores, labels, threshold)).toEqual({
      truePositives: tp,
      falsePositives: fp,
      trueNegatives: tn,
      falseNegatives: fn,
    })
  })
})

const curves = classificationCases.flatMap(({ name, scores, labels, roc, precisionRecall }) =>
  roc && precisionRecall ? [{ name, scores, labels, roc, precisionRecall }] : [],
)

describe.each(curves)('point by point, $name', ({ scores, labels, roc, precisionRecall }) => {
  it('has scikit-learn’s ROC curve', () => {
    const curve = rocCurve(scores, labels)
    expectClose(curve?.fpr, roc.fpr)
    expectClose(curve?.tpr, roc.tpr)
    expect(curve?.thresholds[0]).toBe(Number.POSITIVE_INFINITY)
    expectClose(curve?.thresholds.slice(1), roc.thresholds)
  })

  it('has scikit-learn’s precision-recall curve', () => {
    const curve = precisionRecallCurve(scores, labels)
    expectClose(curve?.precision, precisionRecall.precision)
    expectClose(curve?.recall, precisionRecall.recall)
    expectClose(curve?.thresholds.slice(1), precisionRecall.thresholds)
  })
})

describe('the best F1', () => {
  it('is taken at the highest of equally good thresholds', () => {
    // 3: 1 of 2 found, none wrong, F1 = 2/3; 0: both found, two wrong, F1 = 4/6.
    expect(f1AtBest([3, 2, 1, 0], [1, 0, 0, 1])).toEqual({
      threshold: 3,
      f1: 2 / 3,
      precision: 1,
      recall: 0.5,
    })
  })
})

describe('with one class only', () => {
  it('there is no ROC curve', () => {
    expect(rocCurve([1, 2], [0, 0])).toBeNull()
    expect(rocCurve([1, 2], [1, 1])).toBeNull()
  })

  it('there is precision and recall if that class is the anomalous one', () => {
    expect(precisionRecallCurve([1, 2], [0, 0])).toBeNull()
    expect(averagePrecision([1, 2], [0, 0])).toBeNull()
    expect(f1AtBest([1, 2], [0, 0])).toBeNull()
    expect(averagePrecision([1, 2], [1, 1])).toBe(1)
    expect(f1AtBest([1, 2], [1, 1])?.f1).toBe(1)
  })

  it('rates are missing where there is nothing to take a share of', () => {
    expect(rates(confusion([1, 2], [0, 0], 5))).toEqual({
      precision: null,
      recall: null,
      falseRejectRate: 0,
      escapeRate: null,
      f1: null,
    })
  })
})
