import { describe, expect, it } from 'vitest'
import { targetOf } from '../../../../src/renderer/screens/thresholds/targets.ts'

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
})
