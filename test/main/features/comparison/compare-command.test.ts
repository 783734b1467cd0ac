import { expect, it } from 'vitest'
import { comparisonText } from '../../../../src/main/features/comparison/compare-command.ts'
import type { Comparison } from '../../../../src/shared/comparison.ts'

const paired = (a: number, b: number) => ({ a, b, value: b - a, low: -0.2, high: 0.3 })

const comparison: Comparison = {
  a: 'a',
  b: 'b',
  score: { a: 'izif', b: 'izif' },
  validation: { normal: 200, anomalous: 7, sha256: 'ab'.repeat(32) },
  targets: { falseRejectRate: 0.05, recall: 0.95 },
  thresholds: { a: 1, b: 1 },
  delta: { imageAuroc: null, recall: paired(6 / 7, 1), falseRejectRate: paired(0.02, 0.01) },
  perDefectType: { dent: { n: 3, imageAuroc: null, recall: paired(2 / 3, 1) } },
  flips: [],
  speed: { a: null, b: null },
  warnings: [],
}

it('tells shares of a few parts as they were counted, and of many in percent', () => {
  const lines = comparisonText(comparison).split('\n')
  const line = (name: string): string => lines.find((text) => text.startsWith(name)) ?? ''
  expect(line('recall at 5% false rejects')).toMatch(/6 of 7 +7 of 7 +\+0\.1429/)
  expect(line('false rejects at 95% recall')).toMatch(/2\.0% +1\.0% +-0\.0100/)
  expect(line('dent (3): recall')).toMatch(/2 of 3 +3 of 3/)
  expect(lines.join('\n')).not.toMatch(/100(\.0)? ?%/)
})
