/** Against a bootstrap that draws every image: the same distribution of thresholds. */
import { expect, it } from 'vitest'
import { resampledThreshold } from '../../../../src/main/features/thresholds/resampled-threshold.ts'
import { type PartingTarget, thresholdChooser } from '../../../../src/main/features/thresholds/target.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const draws = 400
const [goods, defects] = [2000, 150]
const labels = Uint8Array.from({ length: goods + defects }, (_, i) => (i < goods ? 0 : 1))

/** The greatest distance of two cumulative distributions (Kolmogorov and Smirnov). */
function distance(a: Float64Array, b: Float64Array): number {
  let most = 0
  for (const at of [...a, ...b]) {
    const share = (values: Float64Array): number =>
      values.filter((value) => value <= at).length / values.length
    most = Math.max(most, Math.abs(share(a) - share(b)))
  }
  return most
}

it.each<[string, PartingTarget, (score: number) => number]>([
  ['best F1', { kind: 'f1' }, (score) => score],
  ['least cost', { kind: 'cost', falseReject: 1, escape: 20 }, (score) => score],
  ['best F1 of scores many of which are equal', { kind: 'f1' }, (score) => Math.round(score * 20) / 20],
])('the thresholds of the %s are distributed as those of whole draws', (_, target, rounded) => {
  const made = createRandom(4)
  const scores = Float64Array.from(labels, (label) => rounded(made.normal() + 2.5 * label))
  const fast = resampledThreshold(scores, labels, target, createRandom(5))
  const choose = thresholdChooser(scores, labels, target)
  const random = createRandom(6)
  const whole = Float64Array.from({ length: draws }, () => {
    const counts = new Uint32Array(labels.length)
    for (let i = 0; i < labels.length; i++) {
      const item = i < goods ? random.int(goods) : goods + random.int(defects)
      counts[item] = (counts[item] ?? 0) + 1
    }
    return choose(counts) ?? Number.NaN
  })
  const drawn = Float64Array.from({ length: draws }, fast)
  // Beyond it in one of a thousand comparisons of the same distribution.
  expect(distance(drawn, whole)).toBeLessThan(1.95 * Math.sqrt(2 / draws))
})
