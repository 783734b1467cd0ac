/** What is given to a metric has as many values as it says; a shorter list must not be read as if it went on in zeros. */
import { expect, it } from 'vitest'
import { aupro } from '../../../src/main/metrics/aupro.ts'
import { stepArea } from '../../../src/main/metrics/average-precision.ts'
import { pixelAuroc } from '../../../src/main/metrics/pixel-auroc.ts'
import { mergeTally, type PixelTally } from '../../../src/main/metrics/pixel-tally.ts'
import { rateAtTarget } from '../../../src/main/metrics/rate-at-target.ts'
import { Failure } from '../../../src/shared/failure.ts'

const tally = (levels: number, overlaps = levels): PixelTally => ({
  normal: new Float64Array(levels).fill(1),
  anomalous: new Float64Array(levels),
  overlap: new Float64Array(overlaps),
  regions: 1,
})

it.each([
  ['the area under the per-region overlap', () => aupro(tally(8, 7)), 8, 7],
  ['the AUROC of pixels', () => pixelAuroc(tally(8, 9)), 8, 9],
  ['a tally that others are added to', () => mergeTally(tally(8), tally(8, 6)), 8, 6],
  [
    'the area under a curve of precision and recall',
    () =>
      stepArea({
        precision: new Float64Array(2),
        recall: new Float64Array(3),
        thresholds: new Float64Array(3),
      }),
    3,
    2,
  ],
])('%s refuses a list of another length', (_, compute, expected, given) => {
  expect(compute).toThrow(RangeError)
  expect(compute).toThrow(`${expected} values were expected, ${given} were given`)
})

it('a rate at a target refuses counts of another number of items', () => {
  const { rate } = rateAtTarget([1, 2, 3], [0, 0, 1], { recall: 1 })
  expect(() => rate([1, 1])).toThrow(Failure)
  expect(() => rate([1, 1])).toThrow('2 and 3')
})
