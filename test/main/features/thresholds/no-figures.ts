import type { WorkingPoint } from '../../../../src/shared/threshold.ts'

const none = { part: 0, whole: 0, value: null, low: null, high: null }

/** The figures of an operating point where they do not matter. */
export const noFigures: WorkingPoint = {
  threshold: 0,
  truePositives: 0,
  falsePositives: 0,
  trueNegatives: 0,
  falseNegatives: 0,
  precision: none,
  recall: none,
  falseRejectRate: none,
  escapeRate: none,
  f1: { value: null, low: null, high: null },
  perDefectType: [],
}
