import { describe, expect, it } from 'vitest'
import {
  parseTarget,
  type Target,
  targetText,
  thresholdChooser,
  thresholdOf,
} from '../../../../src/main/features/thresholds/target.ts'
import { f1AtBest } from '../../../../src/main/metrics/best-f1.ts'
import { confusion, rates } from '../../../../src/main/metrics/confusion.ts'
import { quantile } from '../../../../src/main/metrics/quantile.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

describe('a target', () => {
  it.each(['f1', 'fpr=0.01', 'recall=0.99', 'cost=1:50', 'percentile=99'])(
    '%s is read as it is written',
    (text) => {
      expect(targetText(parseTarget(text))).toBe(text)
    },
  )

  it.each([
    '',
    'f2',
    'f1=1',
    'fpr',
    'fpr=1',
    'fpr=-0.1',
    'fpr=1%',
    'recall=0',
    'recall=2',
    'cost=50',
    'cost=0:1',
    'percentile=0',
    'percentile=101',
    'fpr=0.1=2',
  ])('is not "%s"', (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'bad-target' }))
  })
})

/** Scores with many ties, a few of them infinite in none. */
function drawn(seed: number): { scores: number[]; labels: number[] } {
  const random = createRandom(seed)
  const labels = Array.from({ length: 60 }, (_, i) => (i < 20 ? 1 : 0))
  const scores = labels.map((label) => Math.round(8 * (random.normal() + 1.2 * label)) / 8)
  return { scores, labels }
}
const once = (n: number): Uint8Array => new Uint8Array(n).fill(1)
const choose = ({ scores, labels }: ReturnType<typeof drawn>, target: Target): number =>
  thresholdChooser(scores, labels, target)(once(scores.length)) ?? Number.NaN

/** All verdicts that any threshold can give: one threshold for each. */
function everyThreshold(scores: readonly number[]): number[] {
  const distinct = [...new Set(scores)].sort((a, b) => a - b)
  return [...distinct, (distinct.at(-1) ?? 0) + 1]
}

describe.each([1, 2, 3, 4, 5])('of all thresholds on sample %d', (seed) => {
  const sample = drawn(seed)
  const { scores, labels } = sample
  const all = everyThreshold(scores).map((threshold) => confusion(scores, labels, threshold))

  it('f1 gives the greatest F1', () => {
    const found = rates(confusion(scores, labels, choose(sample, { kind: 'f1' })))
    expect(found.f1).toBeCloseTo(f1AtBest(scores, labels)?.f1 ?? 0, 12)
  })

  it.each([0, 0.01, 0.05, 0.2])('fpr gives the most flagged with at most %d of the good parts', (share) => {
    const found = confusion(scores, labels, choose(sample, { kind: 'fpr', share }))
    const allowed = all.filter((each) => each.falsePositives <= share * 40 + 1e-9)
    expect(found.falsePositives).toBeLessThanOrEqual(share * 40)
    expect(found.truePositives).toBe(Math.max(...allowed.map((each) => each.truePositives)))
  })

  it.each([0.5, 0.95, 1])('recall gives the fewest flagged with at least %d of the defects', (share) => {
    const found = confusion(scores, labels, choose(sample, { kind: 'recall', share }))
    const allowed = all.filter((each) => each.truePositives >= share * 20 - 1e-9)
    expect(found.truePositives).toBeGreaterThanOrEqual(share * 20)
    expect(found.falsePositives).toBe(Math.min(...allowed.map((each) => each.falsePositives)))
  })

  it.each([
    [1, 50],
    [3, 1],
  ])('cost gives the least cost at %d to %d', (falseReject, escapes) => {
    const cost = ({ falsePositives, falseNegatives }: ReturnType<typeof confusion>) =>
      falseReject * falsePositives + escapes * falseNegatives
    const found = confusion(scores, labels, choose(sample, { kind: 'cost', falseReject, escape: escapes }))
    expect(cost(found)).toBe(Math.min(...all.map(cost)))
  })

  it.each([50, 90, 99, 100])('percentile %d is the one of the good parts', (percentile) => {
    const normals = scores.filter((_, i) => labels[i] === 0).sort((a, b) => a - b)
    expect(choose(sample, { kind: 'percentile', percentile })).toBeCloseTo(
      quantile(normals, percentile / 100) ?? 0,
      12,
    )
  })

  it.each(['f1', 'fpr=0.05', 'recall=0.9', 'cost=1:50', 'percentile=97'])(
    '%s is chosen without an order of items as with one',
    (text) => {
      const target = parseTarget(text)
      expect(thresholdOf(scores, labels, target)).toBe(choose(sample, target))
    },
  )

  it('an item that was drawn twice counts twice', () => {
    const random = createRandom(seed + 100)
    const counts = Uint8Array.from(scores, () => random.int(3))
    const copies = scores.flatMap((score, i) =>
      Array.from({ length: counts[i] ?? 0 }, () => ({ score, label: labels[i] ?? 0 })),
    )
    const copied = { scores: copies.map(({ score }) => score), labels: copies.map(({ label }) => label) }
    for (const text of ['f1', 'fpr=0.05', 'recall=0.9', 'cost=1:50', 'percentile=97']) {
      const target = parseTarget(text)
      const byCounts = thresholdChooser(scores, labels, target)(counts) ?? Number.NaN
      expect(confusion(copied.scores, copied.labels, byCounts), text).toEqual(
        confusion(copied.scores, copied.labels, choose(copied, target)),
      )
    }
  })
})

describe('a threshold', () => {
  it('lies halfway between the scores that it parts', () => {
    const sample = { scores: [1, 2, 6, 8], labels: [0, 0, 1, 1] }
    expect(choose(sample, { kind: 'f1' })).toBe(4)
    expect(choose(sample, { kind: 'recall', share: 1 })).toBe(4)
  })

  it('beyond the highest score flags nothing, beyond the lowest everything', () => {
    const sample = { scores: [1, 2, 6, 8], labels: [1, 1, 0, 0] }
    expect(choose(sample, { kind: 'fpr', share: 0 })).toBeGreaterThan(8)
    expect(choose(sample, { kind: 'recall', share: 1 })).toBeLessThan(1)
  })
})
