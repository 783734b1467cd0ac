import type { OperatingPoint, Verdict } from '../../../shared/threshold.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import { flaggedRegionLevel, flaggedRegionLevels } from '../scoring/flagged-region-profile.ts'

/**
 * The verdict of an operating point on a part. Where the point has criteria for flagged regions but those of the part
 * are not measured, the score alone decides: a false reject is better than an escape.
 */
export function verdictBy(
  point: Pick<OperatingPoint, 'threshold' | 'regions'>,
  part: { score: number; mapScale: number; profile: Uint32Array | undefined },
): Verdict {
  if (part.score < point.threshold) return 'passed'
  if (point.regions === null || part.profile === undefined) return 'flagged'
  requireLength(part.profile, flaggedRegionLevels.length, 'Levels of a region profile')
  const largest = part.profile[flaggedRegionLevel(point.regions.leastStrength, part.mapScale)]
  return largest >= point.regions.leastArea ? 'flagged' : 'passed'
}
