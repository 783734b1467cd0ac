import type { OperatingPoint, Verdict } from '../../../shared/threshold.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import { flaggedRegionLevel, flaggedRegionLevels } from '../scoring/flagged-region-profile.ts'

/**
 * What an operating point says of a part. Where regions are asked for and those of the part are not measured,
 * its score alone decides: rather a false reject than an escape.
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
