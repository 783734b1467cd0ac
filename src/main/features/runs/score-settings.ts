/** Which score a run's parts are judged by. */

import { z } from 'zod'
import type { Run } from '../../../shared/run.ts'
import type { ScoreSettings } from '../../../shared/threshold.ts'
import { parseScoreKind, type ScoreOptions } from '../../model/scores.ts'
import type { Database } from '../../store/database.ts'
import { activePoint } from '../../store/operating-points.ts'
import { scoreOptionsOf } from './score-options.ts'

const calibrationSchema = z.object({ mapScale: z.number().positive() })

/** One scale for every map of a run. */
export function mapScaleOf(run: Run): number {
  const calibration = calibrationSchema.safeParse(run.calibration)
  return calibration.success ? calibration.data.mapScale : 1
}

/** Those of the operating point in use, else those that the run was trained with. */
export function settingsInUse(db: Database, run: Run): ScoreSettings {
  const point = activePoint(db, run.id)
  if (point) return { score: point.score, k: point.k, reduction: point.reduction }
  return ownSettings(run)
}

/** Those that the run was trained with, in which the engine scores. */
export function ownSettings(run: Run): ScoreSettings {
  const { kind, k, reduction } = scoreOptionsOf(run, null)
  return { score: kind, k, reduction }
}

/** @throws Failure `unknown-score` */
export const optionsFor = (run: Run, { score, k, reduction }: ScoreSettings): ScoreOptions => ({
  ...scoreOptionsOf(run, parseScoreKind(score)),
  k,
  reduction,
})

export const sameSettings = (a: ScoreSettings, b: ScoreSettings): boolean =>
  a.score === b.score && a.k === b.k && a.reduction === b.reduction
