/** Which parts of a run the operating point in use flags. */
import type { Run } from '../../../shared/run.ts'
import type { Verdict } from '../../../shared/threshold.ts'
import type { ImageId } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { flaggedRegionProfileOf } from '../../store/flagged-region-profiles.ts'
import { activePoint } from '../../store/operating-points.ts'
import { mapScaleOf } from '../runs/score-settings.ts'
import { verdictBy } from '../thresholds/verdict.ts'

/** The verdict on a part with a score; null while the run has no operating point. */
export function verdictsOf(db: Database, run: Run): (image: ImageId, score: number) => Verdict | null {
  const point = activePoint(db, run.id)
  const mapScale = mapScaleOf(run)
  return (image, score) => {
    if (point === null) return null
    const profile = point.regions === null ? undefined : flaggedRegionProfileOf(db, run.id, image)
    return verdictBy(point, { score, mapScale, profile })
  }
}
