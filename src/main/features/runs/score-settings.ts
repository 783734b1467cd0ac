/** The score by which a run's parts are judged. */
import type { Run } from '../../../shared/run.ts'
import type { ScoreSettings } from '../../../shared/threshold.ts'
import { parseScoreKind, type ScoreOptions } from '../../model/scores.ts'
import type { Database } from '../../store/database.ts'
import { activePoint } from '../../store/operating-points.ts'
import { scoreOptionsOf } from './score-options.ts'

/** The scale on which all maps of a run are shown. */
export const mapScaleOf = ({ calibration }: Run): number => calibration?.mapScale ?? 1

/** The score settings of the operating point in use, else those that the run was trained with. */
export function settingsInUse(db: Database, run: Run): ScoreSettings {
  const point = activePoint(db, run.id)
  if (point) return { score: point.score, k: point.k, reduction: point.reduction }
  return ownSettings(run)
}

/** The score settings that the run was trained with, which the engine also uses. */
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
