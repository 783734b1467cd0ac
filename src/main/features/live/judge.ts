/** From what scoring measured on a part to a verdict, by the operating point in use. */
import type { Run } from '../../../shared/run.ts'
import type { OperatingPoint } from '../../../shared/threshold.ts'
import type { ImageId } from '../../../shared/values.ts'
import { imageScore } from '../../model/scores.ts'
import type { Database } from '../../store/database.ts'
import { flaggedRegionProfileOf, unmeasuredMaps } from '../../store/flagged-region-profiles.ts'
import { activePoint, activePointId, findPoint } from '../../store/operating-points.ts'
import { scoreOptionsOf } from '../runs/score-options.ts'
import { mapScaleOf, optionsFor } from '../runs/score-settings.ts'
import { verdictBy } from '../thresholds/verdict.ts'

/** Without an operating point, this share of the normal validation images counts as good. */
const normalShare = 0.99

export interface Judgement {
  verdict: 'good' | 'flagged'
  score: number
  threshold: number
}

export interface Judge {
  /** The number of the operating point; null before one was set. */
  readonly point: number | null
  of(image: ImageId, components: Float32Array, names: readonly string[]): Judgement
  /** Whether the regions of its map decide about a part and have not been measured: then that comes first. */
  awaitsRegions(image: ImageId, judgement: Judgement): boolean
}

/** The judge where its point is still the one in use, whoever set another and in whichever process; else a new one. */
export const presentJudge = (db: Database, run: Run, judge: Judge): Judge =>
  activePointId(db, run.id) === judge.point ? judge : judgeOf(db, run)

/** By the point that is in use now. */
export const judgeOf = (db: Database, run: Run): Judge => judgeBy(db, run, activePoint(db, run.id))

/**
 * By the operating point of the view of a part that was judged first, whatever point was set meanwhile: no part is
 * judged by two.
 * @param first the number of that point; null where there was none
 */
export const judgeOfPart = (db: Database, run: Run, first: number | null, judge: Judge): Judge =>
  first === judge.point ? judge : judgeBy(db, run, first === null ? null : findPoint(db, first))

function judgeBy(db: Database, run: Run, point: OperatingPoint | null): Judge {
  if (point) {
    const options = optionsFor(run, { score: point.score, k: point.k, reduction: point.reduction })
    const mapScale = mapScaleOf(run)
    const { regions, threshold } = point
    return {
      point: point.id,
      of(image, components, names) {
        const score = imageScore(components, names, options)
        const profile =
          regions === null || score < threshold ? undefined : flaggedRegionProfileOf(db, run.id, image)
        const verdict = verdictBy(point, { score, mapScale, profile })
        return { verdict: verdict === 'passed' ? 'good' : 'flagged', score, threshold }
      },
      awaitsRegions: (image, { score }) =>
        regions !== null && score >= threshold && unmeasuredMaps(db, run.id, [image]).length > 0,
    }
  }
  const options = scoreOptionsOf(run, null)
  const sorted = run.calibration?.scores?.[options.kind] ?? []
  const threshold = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * normalShare))] ?? 0
  return {
    point: null,
    of(_, components, names) {
      const score = imageScore(components, names, options)
      return { verdict: score > threshold ? 'flagged' : 'good', score, threshold }
    },
    awaitsRegions: () => false,
  }
}
