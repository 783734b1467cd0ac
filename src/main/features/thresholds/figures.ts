/** The effect of a threshold on a validation set; each figure has its 95 % interval. */
import type { RegionCriteria, Share, WorkingPoint } from '../../../shared/threshold.ts'
import { wilson } from '../../metrics/wilson.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import { flaggedRegionLevel, flaggedRegionLevels } from '../scoring/flagged-region-profile.ts'
import type { ValidationSet } from './validation-arrays.ts'

/** A share with Wilson's 95 % interval. */
export function share(part: number, whole: number): Share {
  const interval = wilson(part, whole)
  return {
    part,
    whole,
    value: whole > 0 ? part / whole : null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  }
}

export interface Rule {
  threshold: number
  regions: RegionCriteria | null
  mapScale: number
}

/**
 * Whether each image is flagged: by its score and, where the rule has criteria for them, by the flagged regions of
 * its map.
 */
export function flagged(set: ValidationSet, scores: Float64Array, rule: Rule): Uint8Array {
  const { threshold, regions, mapScale } = rule
  const level = regions === null ? 0 : flaggedRegionLevel(regions.leastStrength, mapScale)
  const leastArea = regions?.leastArea ?? 0
  requireLength(scores, set.ids.length, 'Scores of a validation set')
  requireLength(set.areas, set.ids.length * flaggedRegionLevels.length, 'Areas of a validation set')
  const out = new Uint8Array(scores.length)
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] < threshold) continue
    if (set.areas[i * flaggedRegionLevels.length + level] >= leastArea) out[i] = 1
  }
  return out
}

/** All figures of a threshold. For a hundred thousand images this takes about a millisecond. */
export function workingPoint(set: ValidationSet, scores: Float64Array, rule: Rule): WorkingPoint {
  requireLength(set.labels, set.ids.length, 'Labels of a validation set')
  requireLength(set.types, set.ids.length, 'Defect types of a validation set')
  const verdicts = flagged(set, scores, rule)
  const found = new Uint32Array(set.defectTypes.length)
  const ofType = new Uint32Array(set.defectTypes.length)
  let truePositives = 0
  let falsePositives = 0
  for (let i = 0; i < verdicts.length; i++) {
    const verdict = verdicts[i]
    if (set.labels[i] === 0) {
      falsePositives += verdict
      continue
    }
    truePositives += verdict
    const type = set.types[i]
    ofType[type]++
    found[type] += verdict
  }
  const falseNegatives = set.anomalous - truePositives
  return {
    threshold: rule.threshold,
    truePositives,
    falsePositives,
    trueNegatives: set.normal - falsePositives,
    falseNegatives,
    precision: precision(truePositives, falsePositives, set),
    recall: share(truePositives, set.anomalous),
    falseRejectRate: share(falsePositives, set.normal),
    escapeRate: share(falseNegatives, set.anomalous),
    f1: f1(truePositives, falsePositives, set),
    perDefectType: set.defectTypes.map((defectType, type) => ({
      defectType,
      ...share(found[type], ofType[type]),
    })),
  }
}

interface Totals {
  normal: number
  anomalous: number
}

/** F1 from the counts, with its interval. */
export const f1 = (truePositives: number, falsePositives: number, totals: Totals): WorkingPoint['f1'] =>
  joined(
    { truePositives, falsePositives },
    totals,
    (hits, alarms) => (2 * hits) / (hits + alarms + totals.anomalous),
  )

/**
 * Precision from the counts, with its interval. Wilson's interval would be too wide: in a set with fixed numbers of
 * good parts and defects, flagged parts are not drawn one by one from a mixture of both.
 */
export function precision(truePositives: number, falsePositives: number, totals: Totals): Share {
  const whole = truePositives + falsePositives
  if (whole === 0) return share(0, 0)
  const { value, low, high } = joined(
    { truePositives, falsePositives },
    totals,
    (hits, alarms) => hits / (hits + alarms),
  )
  return { part: truePositives, whole, value, low, high }
}

/**
 * A figure that depends on how many defects and how many good parts are flagged, with its interval. Recall and
 * false-reject rate vary independently, since the numbers of good parts and defects are fixed. So the distances that
 * the figure moves, when each rate goes to the worse (or better) end of its own interval, are combined by squares
 * (Zou and Donner, "Construction of confidence limits about effect measures", 2008).
 */
function joined(
  { truePositives, falsePositives }: { truePositives: number; falsePositives: number },
  { normal, anomalous }: Totals,
  at: (hits: number, alarms: number) => number,
): WorkingPoint['f1'] {
  const hits = wilson(truePositives, anomalous)
  if (hits === null) return { value: null, low: null, high: null }
  const alarms = wilson(falsePositives, normal) ?? { low: 0, high: 0 }
  const value = at(truePositives, falsePositives)
  const moved = (recall: number, rate: number): number =>
    Math.hypot(value - at(recall * anomalous, falsePositives), value - at(truePositives, rate * normal))
  return {
    value,
    low: Math.max(0, value - moved(hits.low, alarms.high)),
    high: Math.min(1, value + moved(hits.high, alarms.low)),
  }
}
