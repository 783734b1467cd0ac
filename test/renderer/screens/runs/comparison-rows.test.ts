import { describe, expect, it } from 'vitest'
import { comparisonRows, isTooFew, toneOf } from '../../../../src/renderer/screens/runs/comparison-rows.ts'
import type { Comparison } from '../../../../src/shared/comparison.ts'

const figure = (value: number, low: number, high: number) => ({ a: 0, b: value, value, low, high })
const comparison: Comparison = {
  a: 'r-1',
  b: 'r-2',
  score: { a: 'izif', b: 'izif' },
  validation: { normal: 40, anomalous: 12, sha256: 'ef'.repeat(32) },
  targets: { falseRejectRate: 0.05, recall: 0.95 },
  thresholds: { a: 0.5, b: 0.25 },
  delta: { imageAuroc: { ...figure(0.1, 0, 0.2), p: 0.05 }, recall: null, falseRejectRate: null },
  perDefectType: { 划痕: { n: 12, imageAuroc: null, recall: null } },
  flips: [],
  speed: { a: null, b: null },
  warnings: [],
}

describe('the rows of a comparison', () => {
  it('are the figures of all parts, then those of each type', () => {
    expect(comparisonRows(comparison).map(({ figure: name, defectType }) => [name, defectType])).toEqual([
      ['imageAuroc', null],
      ['recall', null],
      ['falseRejects', null],
      ['typeAuroc', '划痕'],
      ['typeRecall', '划痕'],
    ])
  })

  it('are better or worse only where the whole interval says so', () => {
    const row = { figure: 'recall', defectType: null, n: null, up: true, whole: null } as const
    expect(toneOf({ ...row, of: figure(0.1, 0.02, 0.2) })).toBe('better')
    expect(toneOf({ ...row, of: figure(-0.1, -0.2, -0.02) })).toBe('worse')
    expect(toneOf({ ...row, of: figure(0.1, -0.02, 0.2) })).toBe('open')
    expect(toneOf({ ...row, of: null })).toBe('open')
  })

  it('are better with fewer false rejects', () => {
    const row = { figure: 'falseRejects', defectType: null, n: null, up: false, whole: null } as const
    expect(toneOf({ ...row, of: figure(-0.1, -0.2, -0.02) })).toBe('better')
  })

  it('say nothing of a type with a few parts, whatever their interval', () => {
    const row = {
      figure: 'typeRecall',
      defectType: 'dent',
      up: true,
      whole: 2,
      of: figure(0.5, 0.1, 0.9),
    } as const
    expect(isTooFew({ ...row, n: 2 })).toBe(true)
    expect(toneOf({ ...row, n: 2 })).toBe('open')
    expect(toneOf({ ...row, n: 10 })).toBe('better')
  })
})
