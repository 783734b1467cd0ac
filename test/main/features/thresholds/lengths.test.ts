/** A set has each of its lists for all of its images; what is missing must not be read as a score of 0. */
import { expect, it } from 'vitest'
import {
  flaggedRegionLevels,
  flaggedRegionProfile,
} from '../../../../src/main/features/scoring/flagged-region-profile.ts'
import { flagged, workingPoint } from '../../../../src/main/features/thresholds/figures.ts'
import { resampledThreshold } from '../../../../src/main/features/thresholds/resampled-threshold.ts'
import { setScores } from '../../../../src/main/features/thresholds/set-scores.ts'
import { thresholdChooser } from '../../../../src/main/features/thresholds/target.ts'
import type { ValidationSet } from '../../../../src/main/features/thresholds/validation-arrays.ts'
import { verdictBy } from '../../../../src/main/features/thresholds/verdict.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import type { OperatingPoint } from '../../../../src/shared/threshold.ts'

const set: ValidationSet = {
  runId: 'r-1',
  names: ['residual'],
  ids: Int32Array.of(1, 2),
  labels: Uint8Array.of(0, 1),
  types: Int16Array.of(-1, 0),
  defectTypes: ['dent'],
  firstTile: Int32Array.of(0, 1, 2),
  components: Float32Array.of(1, 2),
  hasMap: new Uint8Array(2),
  areas: new Uint32Array(2 * flaggedRegionLevels.length),
  profiled: 0,
  normal: 1,
  anomalous: 1,
  unlabeled: 0,
  missing: 0,
  hash: '',
}
const rule = { threshold: 1, regions: null, mapScale: 1 }
const options = {
  kind: 'izi',
  k: 1,
  reduction: 'max',
  latent: 8,
  expectedCriticValue: 0,
  featureShare: 0.1,
} as const
const scores = Float64Array.of(1, 2)
const point: Pick<OperatingPoint, 'threshold' | 'regions'> = {
  threshold: 1,
  regions: { leastStrength: 0.5, leastArea: 4 },
}

it.each([
  ['scores', () => flagged(set, scores.subarray(1), rule), 2, 1],
  ['areas of regions', () => flagged({ ...set, areas: set.areas.subarray(1) }, scores, rule), 80, 79],
  ['labels', () => workingPoint({ ...set, labels: new Uint8Array(3) }, scores, rule), 2, 3],
  ['defect types', () => workingPoint({ ...set, types: new Int16Array(1) }, scores, rule), 2, 1],
  ['first tiles', () => setScores({ ...set, firstTile: new Int32Array(2) }, options), 3, 2],
  ['components', () => setScores({ ...set, components: new Float32Array(1) }, options), 2, 1],
  ['pixels of a map', () => flaggedRegionProfile(new Float32Array(5), 2, 3, 1), 6, 5],
])('%s of another number are refused', (_, compute, expected, given) => {
  expect(compute).toThrow(RangeError)
  expect(compute).toThrow(`${expected} values were expected, ${given} were given`)
})

it('a region profile of other levels gives no verdict', () => {
  const part = { score: 2, mapScale: 1, profile: new Uint32Array(39) }
  expect(() => verdictBy(point, part)).toThrow(RangeError)
  expect(() => verdictBy(point, part)).toThrow('40 values were expected, 39 were given')
})

it.each([
  ['labels for a choice', () => thresholdChooser(scores, [0], { kind: 'f1' })],
  ['counts for a choice', () => thresholdChooser(scores, set.labels, { kind: 'f1' })([1])],
  ['labels for draws', () => resampledThreshold(scores, [0], { kind: 'f1' }, createRandom(1))],
])('%s of another number than the scores are refused', (_, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code: 'metrics-length' }))
})
