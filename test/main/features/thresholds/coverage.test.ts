/**
 * How often a 95 % interval holds the truth, over 500 simulated validation sets of 200 good parts and 60 defects
 * whose scores are normal distributions with means 0 and 2, so that every true figure is known.
 */
import { describe, expect, it } from 'vitest'
import { chooseThreshold } from '../../../../src/main/features/thresholds/choose.ts'
import { f1, precision, share } from '../../../../src/main/features/thresholds/figures.ts'
import { auroc, resampledAuroc } from '../../../../src/main/metrics/auroc.ts'
import { bootstrap } from '../../../../src/main/metrics/bootstrap.ts'
import { confusion } from '../../../../src/main/metrics/confusion.ts'
import { delongInterval } from '../../../../src/main/metrics/delong.ts'
import { normalQuantile, normalTail } from '../../../../src/main/metrics/normal-distribution.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const sets = 500
const [normals, defects] = [200, 60]
const labels = Uint8Array.from({ length: normals + defects }, (_, i) => (i < normals ? 0 : 1))
const random = createRandom(20)
const samples = Array.from({ length: sets }, () =>
  Float64Array.from(labels, (label) => random.normal() + 2 * label),
)

/** The share of the sets, in percent, whose interval holds the truth. */
function coverage(
  truth: number,
  interval: (scores: Float64Array) => { low: number | null; high: number | null } | null,
) {
  let held = 0
  for (const scores of samples) {
    const found = interval(scores)
    if (found && (found.low ?? 1) <= truth && truth <= (found.high ?? 0)) held++
  }
  return (100 * held) / sets
}

function expectCovered(percent: number): void {
  expect(percent).toBeGreaterThanOrEqual(93)
  expect(percent).toBeLessThanOrEqual(97)
}

const threshold = 1
const trueRecall = 1 - normalTail(2 - threshold)
const trueFalseRejects = normalTail(threshold)

describe('intervals of 95 % hold the truth in 93 to 97 % of validation sets', () => {
  it('recall, by Wilson', () => {
    expectCovered(
      coverage(trueRecall, (scores) => {
        const { truePositives } = confusion(scores, labels, threshold)
        return share(truePositives, defects)
      }),
    )
  })

  it('false-reject rate, by Wilson', () => {
    expectCovered(
      coverage(trueFalseRejects, (scores) => {
        const { falsePositives } = confusion(scores, labels, threshold)
        return share(falsePositives, normals)
      }),
    )
  })

  it('precision, from those of recall and false-reject rate', () => {
    const [hits, alarms] = [trueRecall * defects, trueFalseRejects * normals]
    expectCovered(
      coverage(hits / (hits + alarms), (scores) => {
        const { truePositives, falsePositives } = confusion(scores, labels, threshold)
        return precision(truePositives, falsePositives, { normal: normals, anomalous: defects })
      }),
    )
  })

  it('F1, from those of recall and false-reject rate', () => {
    const [hits, alarms] = [trueRecall * defects, trueFalseRejects * normals]
    expectCovered(
      coverage((2 * hits) / (hits + alarms + defects), (scores) => {
        const { truePositives, falsePositives } = confusion(scores, labels, threshold)
        return f1(truePositives, falsePositives, { normal: normals, anomalous: defects })
      }),
    )
  })

  it('AUROC, by DeLong', () => {
    expectCovered(coverage(1 - normalTail(2 / Math.SQRT2), (scores) => delongInterval(scores, labels)))
  })

  it('AUROC, by stratified bootstrap', () => {
    const draws = createRandom(7)
    expectCovered(
      coverage(1 - normalTail(2 / Math.SQRT2), (scores) => {
        expect(auroc(scores, labels)).not.toBeNull()
        const statistic = resampledAuroc(scores, labels)
        return bootstrap({ random: draws, strata: labels, statistic, replicates: 400 })
      }),
    )
  })

  it.each([
    ['the percentile 90 of good parts', { kind: 'percentile', percentile: 90 }, normalQuantile(0.9)],
    ['a false-reject rate of 10 %', { kind: 'fpr', share: 0.1 }, normalQuantile(0.9)],
    ['a recall of 80 %', { kind: 'recall', share: 0.8 }, 2 - normalQuantile(0.8)],
  ] as const)('the threshold for %s, by order statistics', (_, target, truth) => {
    expectCovered(
      coverage(truth, (scores) => chooseThreshold(scores, labels, target, createRandom(11)).interval),
    )
  })
})
