import type { OperatingPoint, Verdict } from '../../../shared/threshold.ts'
import { regionLevel } from '../scoring/region-profile.ts'

/**
 * What an operating point says of a part. Where regions are asked for and those of the part are not measured,
 * its score alone decides: rather a false reject than an escape.
 */
export function verdictBy(
  point: OperatingPoint,
  part: { score: number; mapScale: number; profile: Uint32Array | undefined },
): Verdict {
  if (part.score < point.threshold) return 'passed'
  if (point.regions === null || part.profile === undefined) return 'flagged'
  const largest = part.profile[regionLevel(point.regions.leastStrength, part.mapScale)] ?? 0
  return largest >= point.regions.leastArea ? 'flagged' : 'passed'
}
