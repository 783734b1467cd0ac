/**
 * Compares two runs on the same validation images, each judged at the same target. Every difference is paired: it is
 * computed image by image, so that easy and hard images count equally for both.
 */

import { z } from 'zod'
import type { Comparison, PairedFigure } from '../../../shared/comparison.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id, ImageId } from '../../../shared/values.ts'
import { bootstrap } from '../../metrics/bootstrap.ts'
import { delongDifference } from '../../metrics/delong.ts'
import { pairedShares } from '../../metrics/paired-shares.ts'
import { rateAtTarget } from '../../metrics/rate-at-target.ts'
import { imageScore } from '../../model/scores.ts'
import { createRandom } from '../../platform/random.ts'
import type { Database } from '../../store/database.ts'
import { digestOfImages } from '../../store/dataset-versions.ts'
import { iterateImages } from '../../store/images.ts'
import { findRun } from '../../store/runs.ts'
import { iterateScores } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { scoreOptionsOf } from '../runs/score-options.ts'

export interface ComparisonRequest {
  a: string
  b: string
  /** Greatest share of good validation parts that may be flagged. */
  falseRejectRate: number
  /** Least share of defects that must be flagged, for the other direction. */
  recall: number
}

export const defaultTargets = { falseRejectRate: 0.05, recall: 0.95 }

/** With fewer defects, the figures are a rough guess. */
const fewDefects = 10
const fewNormals = 20

/**
 * Above this many images the bias correction of the bootstrap, which needs one evaluation for each image, takes too
 * long.
 */
const correctedUpTo = 2000

interface Pair {
  image: ImageId
  sha256: string
  file: string
  label: 'normal' | 'anomalous'
  defectType: string | null
  a: number
  b: number
}

/**
 * Those of the two runs that have not scored every labeled validation image; they must score before the comparison.
 * @throws Failure `run-unknown`, `different-datasets`, `not-trained`
 */
export function runsToScore({ db }: Workspace, request: Pick<ComparisonRequest, 'a' | 'b'>): Id[] {
  const runs = comparable(db, request)
  return [runs.a, runs.b].filter((run) => scoredIn(db, run).missing > 0).map(({ id }) => id)
}

/** @throws Failure `run-unknown`, `different-datasets`, `not-trained`, `no-labels`, `not-scored` */
export function compareRuns({ db }: Workspace, request: ComparisonRequest): Comparison {
  const { a, b } = comparable(db, request)
  const pairs = pairsOf(db, a, b)
  const { falseRejectRate, recall } = request
  const labels = Uint8Array.from(pairs, ({ label }) => Number(label === 'anomalous'))
  const scores = {
    a: Float64Array.from(pairs, (pair) => pair.a),
    b: Float64Array.from(pairs, (pair) => pair.b),
  }
  const atRejects = {
    a: rateAtTarget(scores.a, labels, { falseRejectRate }),
    b: rateAtTarget(scores.b, labels, { falseRejectRate }),
  }
  const atRecall = {
    a: rateAtTarget(scores.a, labels, { recall }),
    b: rateAtTarget(scores.b, labels, { recall }),
  }
  const thresholds = { a: atRejects.a.threshold, b: atRejects.b.threshold }
  const anomalous = labels.reduce((sum, label) => sum + label, 0)
  const normal = pairs.length - anomalous
  const area = delongDifference(scores.a, scores.b, labels)
  return {
    a: a.id,
    b: b.id,
    score: { a: scoreOptionsOf(a, null).kind, b: scoreOptionsOf(b, null).kind },
    validation: { normal, anomalous, sha256: digestOfImages(pairs) },
    targets: { falseRejectRate, recall },
    thresholds,
    delta: {
      imageAuroc: area && {
        a: area.a,
        b: area.b,
        value: area.difference,
        low: within(area.low),
        high: within(area.high),
        p: area.p,
      },
      recall: pairedRate(atRejects, labels, 'recall'),
      falseRejectRate: pairedRate(atRecall, labels, 'false rejects'),
    },
    perDefectType: byType(pairs, thresholds),
    flips: flipsOf(pairs, thresholds),
    speed: { a: speedOf(db, a.id), b: speedOf(db, b.id) },
    warnings: [
      ...(anomalous === 0 ? (['no-defects'] as const) : []),
      ...(anomalous > 0 && anomalous < fewDefects ? (['few-defects'] as const) : []),
      ...(normal < fewNormals ? (['few-normals'] as const) : []),
    ],
  }
}

/** Limits a difference of two shares or areas to [-1, 1], which the normal approximation may exceed. */
const within = (value: number): number => Math.max(-1, Math.min(1, value))

function comparable(db: Database, request: { a: string; b: string }): { a: Run; b: Run } {
  const runs = { a: findRun(db, request.a), b: findRun(db, request.b) }
  for (const run of [runs.a, runs.b]) requireTrained(run, 'compare')
  if (runs.a.datasetId === runs.b.datasetId) return runs
  throw new Failure('different-datasets', { run: runs.a.id, other: runs.b.id })
}

/** The scores of the labeled validation images, by image id, and how many labeled images have none. */
function scoredIn(db: Database, run: Run): { scores: Map<ImageId, number>; missing: number } {
  const options = scoreOptionsOf(run, null)
  const scores = new Map<ImageId, number>()
  for (const { imageId, label, components } of iterateScores(db, run.id, { split: 'validation' })) {
    if (label !== 'unlabeled') scores.set(imageId, imageScore(components, run.components ?? [], options))
  }
  let missing = 0
  for (const { id, label } of iterateImages(db, { datasetId: run.datasetId, split: 'validation' })) {
    if (label !== 'unlabeled' && !scores.has(id)) missing++
  }
  return { scores, missing }
}

function pairsOf(db: Database, a: Run, b: Run): Pair[] {
  const of = { a: scoredIn(db, a), b: scoredIn(db, b) }
  const pairs: Pair[] = []
  for (const image of iterateImages(db, { datasetId: a.datasetId, split: 'validation' })) {
    const { id, sha256, file, label, defectType } = image
    if (label === 'unlabeled') continue
    const scores = { a: of.a.scores.get(id), b: of.b.scores.get(id) }
    if (scores.a === undefined || scores.b === undefined) {
      const run = scores.a === undefined ? a : b
      throw new Failure('not-scored', { case: 'one-image', run: run.id, file })
    }
    pairs.push({ image: id, sha256, file, label, defectType, a: scores.a, b: scores.b })
  }
  if (pairs.length > 0) return pairs
  throw new Failure('no-labels', { case: 'compare' })
}

function pairedRate(
  of: { a: ReturnType<typeof rateAtTarget>; b: ReturnType<typeof rateAtTarget> },
  labels: Uint8Array,
  purpose: string,
): PairedFigure | null {
  const all = new Uint8Array(labels.length).fill(1)
  const rates = { a: of.a.rate(all), b: of.b.rate(all) }
  if (rates.a === null || rates.b === null) return null
  const interval = bootstrap({
    random: createRandom(1, `comparison: ${purpose}`),
    strata: labels,
    method: labels.length > correctedUpTo ? 'percentile' : 'bca',
    statistic(counts) {
      const a = of.a.rate(counts)
      const b = of.b.rate(counts)
      return a === null || b === null ? null : b - a
    },
  })
  return interval && { a: rates.a, b: rates.b, value: interval.value, low: interval.low, high: interval.high }
}

function byType(pairs: readonly Pair[], thresholds: { a: number; b: number }): Comparison['perDefectType'] {
  const normals = pairs.filter(({ label }) => label === 'normal')
  const types = new Map<string, Pair[]>()
  for (const pair of pairs) {
    if (pair.label === 'normal') continue
    const type = pair.defectType ?? 'other'
    types.set(type, [...(types.get(type) ?? []), pair])
  }
  const result: Comparison['perDefectType'] = {}
  for (const [type, items] of [...types].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const both = [...normals, ...items]
    const area = delongDifference(
      both.map(({ a }) => a),
      both.map(({ b }) => b),
      both.map(({ label }) => Number(label === 'anomalous')),
    )
    result[type] = {
      n: items.length,
      imageAuroc: area && {
        a: area.a,
        b: area.b,
        value: area.difference,
        low: within(area.low),
        high: within(area.high),
      },
      recall: recallOfType(items, thresholds),
    }
  }
  return result
}

/** Recall of one defect type at the thresholds that were chosen on all types. */
function recallOfType(items: readonly Pair[], thresholds: { a: number; b: number }): PairedFigure | null {
  const caught = (a: boolean, b: boolean): number =>
    items.filter((item) => item.a >= thresholds.a === a && item.b >= thresholds.b === b).length
  const counts = {
    both: caught(true, true),
    onlyA: caught(true, false),
    onlyB: caught(false, true),
    neither: caught(false, false),
  }
  const interval = pairedShares(counts)
  const a = (counts.both + counts.onlyA) / items.length
  const b = (counts.both + counts.onlyB) / items.length
  return interval && { a, b, value: b - a, ...interval }
}

function flipsOf(pairs: readonly Pair[], thresholds: { a: number; b: number }): Comparison['flips'] {
  return pairs
    .map(({ image, file, label, defectType, ...scores }) => ({
      image,
      file,
      label,
      defectType,
      a: { score: scores.a, flagged: scores.a >= thresholds.a },
      b: { score: scores.b, flagged: scores.b >= thresholds.b },
    }))
    .filter(({ a, b }) => a.flagged !== b.flagged)
    .map((flip) => ({ ...flip, better: flip.b.flagged === (flip.label === 'anomalous') }))
    .sort((x, y) => Number(x.better) - Number(y.better) || x.image - y.image)
}

/** Images per second of the last scoring that was long enough to measure a speed. */
const speedOf = (db: Database, run: Id): number | null =>
  db.get(
    z.object({ speed: z.number() }),
    `SELECT json_extract(result, '$.imagesPerSecond') AS speed FROM job
     WHERE run_id = $run AND kind = 'score' AND state = 'done' AND json_extract(result, '$.images') >= 5
     ORDER BY created_at DESC LIMIT 1`,
    { run },
  )?.speed ?? null
