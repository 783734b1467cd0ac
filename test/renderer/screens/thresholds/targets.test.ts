import { describe, expect, it } from 'vitest'
import { targetIs, targetOf } from '../../../../src/renderer/screens/thresholds/targets.ts'

const values = { fpr: 1, recall: 99.9, percentile: 99.5, falseReject: 1, escape: 50 }

describe('a target', () => {
  it.each([
    ['f1', 'f1'],
    ['fpr', 'fpr=0.01'],
    ['recall', 'recall=0.999'],
    ['percentile', 'percentile=99.5'],
    ['cost', 'cost=1:50'],
  ] as const)('%s is asked for in percent and told as %s', (kind, text) => {
    expect(targetOf(kind, values)).toBe(text)
  })

  it.each([
    ['f1', { kind: 'f1' }],
    ['fpr=0.01', { kind: 'fpr', share: 0.01 }],
    ['recall=0.999', { kind: 'recall', share: 0.999 }],
    ['percentile=99.5', { kind: 'percentile', share: 0.995 }],
    ['cost=1:50', { kind: 'cost', falseReject: 1, escape: 50 }],
    ['best', null],
  ])('stored as %s is shown in words', (text, told) => {
    expect(targetIs(text)).toEqual(told)
  })
})
