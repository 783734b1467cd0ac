/**
 * How well a choice of scoring that was made with synthetic defects holds on the real defects of the test split. This
 * is measured after the choice and changes nothing: the options are already ranked.
 */
import type { CarryOver, ChoiceReport } from '../../../shared/choice.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'
import { auroc } from '../../metrics/auroc.ts'
import { spearman } from '../../metrics/rank-correlation.ts'
import { imageScore } from '../../model/scores.ts'
import type { Database } from '../../store/database.ts'
import { iterateImages } from '../../store/images.ts'
import { countRow } from '../../store/row.ts'
import { findRun } from '../../store/runs.ts'
import { iterateScores, notScored } from '../../store/scores.ts'
import { optionsFor } from '../runs/score-settings.ts'

interface TestPart {
  anomalous: boolean
  components: Float32Array
}

/** Labeled test images of the run's own dataset that it has not scored. */
const missingOf = (db: Database, run: Run): number =>
  db.get(
    countRow,
    `SELECT count(*) AS n FROM image
     WHERE dataset_id = $dataset AND split = 'test' AND removed_at IS NULL AND label <> 'unlabeled'
       AND NOT EXISTS (SELECT 1 FROM score WHERE run_id = $run AND image_id = image.id)`,
    { dataset: run.datasetId, run: run.id },
  )?.n ?? 0

/** The runs of a choice that have not scored every labeled test image. */
export const runsToTest = (db: Database, report: ChoiceReport): string[] =>
  report.runs.filter((run) => missingOf(db, findRun(db, run)) > 0)

/** @throws Failure `run-unknown`, `no-test-defects`, `not-scored` */
export function carryOver(db: Database, report: ChoiceReport): CarryOver {
  const runs = new Map(
    report.runs.map((id) => {
      const run = findRun(db, id)
      return [id, { run, parts: partsOf(db, run) }] as const
    }),
  )
  const options = report.options.map(({ run: id, score, k, reduction, made }) => {
    const known = runs.get(id)
    if (!known) throw new RangeError(`the choice has an option of ${id}, which is none of its runs`)
    const { run, parts } = known
    const formula = optionsFor(run, { score, k, reduction })
    const scores = parts.map(({ components }) => imageScore(components, run.components ?? [], formula))
    const labels = parts.map(({ anomalous }) => Number(anomalous))
    return { run: id, score, k, reduction, made, real: auroc(scores, labels) ?? 0.5 }
  })
  const [chosen] = options
  const [first] = runs.values()
  if (!chosen || !first) throw new RangeError('a choice without an option')
  const anomalous = first.parts.filter((part) => part.anomalous).length
  const before = report.options.findIndex(({ inUse, run }) => inUse && run === report.runs[0])
  const reals = options.map(({ real }) => real)
  return {
    split: 'test',
    n: { normal: first.parts.length - anomalous, anomalous },
    options,
    rankCorrelation: spearman(
      options.map(({ made }) => made),
      reals,
    ),
    regret: Math.max(...reals) - chosen.real,
    gain: before === -1 ? null : chosen.real - (reals[before] ?? chosen.real),
  }
}

/** The labeled test images of a run's own dataset with what it stored of them. */
function partsOf(db: Database, run: Run): TestPart[] {
  if (missingOf(db, run) > 0) throw notScored(run.id, 'test')
  const own = new Set<number>()
  for (const { id } of iterateImages(db, { datasetId: run.datasetId, split: 'test' })) own.add(id)
  const parts: TestPart[] = []
  for (const { imageId, label, components } of iterateScores(db, run.id, { split: 'test' })) {
    if (own.has(imageId) && label !== 'unlabeled')
      parts.push({ anomalous: label === 'anomalous', components })
  }
  const anomalous = parts.filter((part) => part.anomalous).length
  if (anomalous === 0 || anomalous === parts.length) {
    throw new Failure('no-test-defects')
  }
  return parts
}
