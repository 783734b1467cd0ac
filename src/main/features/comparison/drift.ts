/** Drift of live parts against the normal validation parts of a run. */

import { z } from 'zod'
import type { Drift } from '../../../shared/drift.ts'
import { elementAt } from '../../../shared/element-at.ts'
import { Failure } from '../../../shared/failure.ts'
import { imageIdSchema, timeSchema } from '../../../shared/values.ts'
import { ewmaChart, stabilityIndex, testMartingale } from '../../metrics/drift.ts'
import { imageScore } from '../../model/scores.ts'
import { createRandom } from '../../platform/random.ts'
import { float32Blob } from '../../store/row.ts'
import { findRun } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { scoreOptionsOf } from '../runs/score-options.ts'

/** The odds at which a drift warning is raised: one in so many models raises it by chance during its whole life. */
const oddsNeeded = 100

/** The most live parts that are examined, the newest: enough for weeks, few enough to answer at once. */
const partLimit = 5000

/** The most points of a chart. */
const chartPoints = 600
const exampleLimit = 12

const liveRow = z.object({
  image: imageIdSchema,
  file: z.string(),
  dataset: z.string(),
  components: float32Blob,
  at: timeSchema,
})

/** @throws Failure `run-unknown`, `not-calibrated` */
export function driftOf({ db }: Workspace, request: { run: string }): Drift {
  const run = findRun(db, request.run)
  // The kind of score that the run was trained with. The calibration has a reference for every kind; drift uses the
  // one that the run was made for.
  const options = scoreOptionsOf(run, null)
  const reference = run.calibration?.scores?.[options.kind] ?? []
  if (reference.length === 0) {
    throw new Failure('not-calibrated', { run: run.id })
  }
  const names = run.components ?? []
  const live = db
    .all(
      liveRow,
      `SELECT image.id AS image, image.file, dataset.name AS dataset, score.components, score.scored_at AS at
       FROM score JOIN image ON image.id = score.image_id JOIN dataset ON dataset.id = image.dataset_id
       WHERE score.run_id = $run AND image.dataset_id <> $own AND image.removed_at IS NULL
       ORDER BY score.scored_at DESC, image.id DESC LIMIT $limit`,
      { run: run.id, own: run.datasetId, limit: partLimit },
    )
    .reverse()
    .map(({ components, ...row }) => ({ ...row, score: imageScore(components, names, options) }))
  const scores = live.map(({ score }) => score)
  const chart = ewmaChart(reference, scores)
  const odds = testMartingale(reference, scores, createRandom(1, 'drift'))
  const step = Math.max(1, Math.ceil(live.length / chartPoints))
  return {
    run: run.id,
    score: options.kind,
    reference: reference.length,
    parts: live.length,
    chart: live.flatMap(({ at, score }, part) => {
      const point = chart[part]
      return point === undefined || (part % step !== 0 && part !== live.length - 1)
        ? []
        : [{ part: part + 1, at, score, ...point }]
    }),
    days: daysOf(live, reference),
    index: stabilityIndex(reference, scores.slice(-Math.max(50, reference.length))),
    odds:
      live.length === 0 ? null : { reached: Math.exp(Math.min(700, Math.max(...odds))), needed: oddsNeeded },
    warning: warningOf(live, odds, reference),
  }
}

type Live = { image: number; file: string; dataset: string; score: number; at: number }

function daysOf(live: readonly Live[], reference: readonly number[]): Drift['days'] {
  const days = Map.groupBy(live, ({ at }) => new Date(at).toISOString().slice(0, 10))
  return [...days].map(([day, parts]) => ({
    day,
    parts: parts.length,
    index: stabilityIndex(
      reference,
      parts.map(({ score }) => score),
    ),
  }))
}

/** The warning: from the part where the odds began to rise to the part where they were high enough. */
function warningOf(
  live: readonly Live[],
  odds: Float64Array,
  reference: readonly number[],
): Drift['warning'] {
  const alarm = odds.findIndex((value) => value >= Math.log(oddsNeeded))
  if (alarm < 0) return null
  let since = 0
  let lowest = 0
  for (let i = 0; i <= alarm; i++) {
    const value = elementAt(odds, i, 'odds')
    if (value > lowest) continue
    lowest = value
    since = i + 1
  }
  // The odds are above their lowest value at the alarm, so the climb began at a part before it.
  const first = elementAt(live, since, 'live parts')
  const after = live.slice(since)
  const middle = (values: readonly number[]): number =>
    elementAt(
      [...values].sort((a, b) => a - b),
      Math.floor(values.length / 2),
      'scores',
    )
  const higher = middle(after.map(({ score }) => score)) >= middle(reference)
  return {
    since: first.at,
    sincePart: since + 1,
    direction: higher ? 'higher' : 'lower',
    examples: [...after]
      .sort((a, b) => (higher ? b.score - a.score : a.score - b.score))
      .slice(0, exampleLimit)
      .map(({ image, file, dataset, score }) => ({ image, file, dataset, score })),
  }
}
