import { requireLength } from '../platform/array-bounds.ts'
import type { Labels, Scores } from './input.ts'
import { type PrecisionRecallCurve, precisionRecallCurve } from './precision-recall-curve.ts'

/**
 * Area under the precision-recall curve as average precision, sum over thresholds of (R_n - R_(n-1)) * P_n:
 * steps and no interpolation, which would be too kind (Davis and Goadrich, 2006). Null when no item is
 * anomalous.
 */
export function averagePrecision(scores: Scores, labels: Labels): number | null {
  const curve = precisionRecallCurve(scores, labels)
  return curve && stepArea(curve)
}

/** Average precision of a curve that is there already. */
export function stepArea(curve: PrecisionRecallCurve): number {
  requireLength(curve.precision, curve.recall.length, 'Precisions of a curve')
  let area = 0
  for (let i = 1; i < curve.recall.length; i++) {
    area += (curve.recall[i] - curve.recall[i - 1]) * curve.precision[i]
  }
  return area
}
