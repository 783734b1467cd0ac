/** From what scoring measured on a part to a verdict, by the operating point in use. */
import { z } from 'zod'
import type { Run } from '../../shared/domain.ts'
import { imageScore } from '../engine/scores.ts'
import { scoreOptionsOf } from '../services/evaluation.ts'
import type { Database } from '../store/database.ts'
import { activePoint } from '../store/operating-points.ts'
import { mapScaleOf, optionsFor } from '../thresholds/settings.ts'
import { verdictBy } from '../thresholds/verdict.ts'

/** Without an operating point, this share of the normal validation images counts as good. */
const normalShare = 0.99

const calibrationSchema = z.object({ scores: z.record(z.string(), z.array(z.number())) })

export type Judge = (
  components: Float32Array,
  names: readonly string[],
) => {
  verdict: 'good' | 'flagged'
  score: number
  threshold: number
}

/** The point is read once: what is set later holds from the next start on. */
export function judgeOf(db: Database, run: Run): Judge {
  const point = activePoint(db, run.id)
  if (point) {
    const options = optionsFor(run, { score: point.score, k: point.k, reduction: point.reduction })
    const mapScale = mapScaleOf(run)
    return (components, names) => {
      const score = imageScore(components, names, options)
      const verdict = verdictBy(point, { score, mapScale, profile: undefined })
      return { verdict: verdict === 'passed' ? 'good' : 'flagged', score, threshold: point.threshold }
    }
  }
  const options = scoreOptionsOf(run, null)
  const parsed = calibrationSchema.safeParse(run.calibration)
  const sorted = parsed.success ? (parsed.data.scores[options.kind] ?? []) : []
  const threshold = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * normalShare))] ?? 0
  return (components, names) => {
    const score = imageScore(components, names, options)
    return { verdict: score > threshold ? 'flagged' : 'good', score, threshold }
  }
}
