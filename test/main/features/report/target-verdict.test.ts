import { expect, it } from 'vitest'
import { targetVerdict } from '../../../../src/main/features/report/target-verdict.ts'
import { wilson } from '../../../../src/main/metrics/wilson.ts'

const share = (part: number, whole: number) => {
  const interval = wilson(part, whole)
  return { part, whole, low: interval?.low ?? null, high: interval?.high ?? null }
}

/** `flagged` of so many good parts and defects. */
const verdict = (target: string, good: [number, number], defects: [number, number]) =>
  targetVerdict(target, { falseRejectRate: share(...good), recall: share(...defects) }).verdict

it.each([
  ['fpr=0.02', 0, 36, 'open'],
  ['fpr=0.02', 0, 200, 'kept'],
  ['fpr=0.02', 5, 60, 'missed'],
  ['percentile=99', 0, 1000, 'kept'],
  ['percentile=99', 0, 100, 'open'],
  ['fpr=0.02', 0, 0, 'open'],
])('%s with %i of %i good parts flagged is %s', (target, flagged, good, expected) => {
  expect(verdict(target, [flagged, good], [1, 1])).toBe(expected)
})

it.each([
  ['recall=0.9', 60, 60, 'kept'],
  ['recall=0.99', 60, 60, 'open'],
  ['recall=0.9', 10, 60, 'missed'],
])('%s with %i of %i defects flagged is %s', (target, flagged, defects, expected) => {
  expect(verdict(target, [0, 1], [flagged, defects])).toBe(expected)
})

it.each(['f1', 'cost=1:50'])('%s is no limit that parts could keep or miss', (target) => {
  expect(verdict(target, [0, 60], [60, 60])).toBe('none')
})
