/** What a threshold does with a validation set, each figure with its 95 % interval. */
import type { RegionCriteria, Share, WorkingPoint } from '../../shared/threshold.ts'
import { wilson } from '../metrics/wilson.ts'
import { regionLevel, regionLevels } from './region-profile.ts'
import type { ValidationSet } from './validation-set.ts'

/** A share with Wilson's interval. */
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

/** Whether each image is flagged: by its score and, where that is asked, by the regions of its map. */
export function flagged(set: ValidationSet, scores: Float64Array, rule: Rule): Uint8Array {
  const { threshold, regions, mapScale } = rule
  const level = regions === null ? 0 : regionLevel(regions.leastStrength, mapScale)
  const leastArea = regions?.leastArea ?? 0
  const out = new Uint8Array(scores.length)
  for (let i = 0; i < scores.length; i++) {
    if ((scores[i] ?? 0) < threshold) continue
    if ((set.areas[i * regionLevels.length + level] ?? 0) >= leastArea) out[i] = 1
  }
  return out
}

/** Everything that is said of a threshold. A hundred thousand images take about a millisecond. */
export function workingPoint(set: ValidationSet, scores: Float64Array, rule: Rule): WorkingPoint {
  const verdicts = flagged(set, scores, rule)
  const found = new Uint32Array(set.defectTypes.length)
  const ofType = new Uint32Array(set.defectTypes.length)
  let truePositives = 0
  let falsePositives = 0
  for (let i = 0; i < verdicts.length; i++) {
    const verdict = verdicts[i] ?? 0
    if (set.labels[i] === 0) {
      falsePositives += verdict
      continue
    }
    truePositives += verdict
    const type = set.types[i] ?? 0
    ofType[type] = (ofType[type] ?? 0) + 1
    found[type] = (found[type] ?? 0) + verdict
  }
  const falseNegatives = set.anomalous - truePositives
  return {
    threshold: rule.threshold,
    truePositives,
    falsePositives,
    trueNegatives: set.normal - falsePositives,
    falseNegatives,
    precision: share(truePositives, truePositives + falsePositives),
    recall: share(truePositives, set.anomalous),
    falseRejectRate: share(falsePositives, set.normal),
    escapeRate: share(falseNegatives, set.anomalous),
    f1: f1(truePositives, falsePositives, falseNegatives),
    perDefectType: set.defectTypes.map((defectType, type) => ({
      defectType,
      ...share(found[type] ?? 0, ofType[type] ?? 0),
    })),
  }
}

/**
 * F1 = 2J / (1 + J) rises with J = TP / (TP + FP + FN), which is a share: its Wilson interval, taken through the
 * same formula, is one for F1.
 */
export function f1(
  truePositives: number,
  falsePositives: number,
  falseNegatives: number,
): { value: number | null; low: number | null; high: number | null } {
  const { value, low, high } = share(truePositives, truePositives + falsePositives + falseNegatives)
  const through = (j: number | null): number | null => (j === null ? null : (2 * j) / (1 + j))
  return { value: through(value), low: through(low), high: through(high) }
}
