/** Gathers what a report contains, independent of its format and language. */

import { readFileSync } from 'node:fs'
import type { DatasetVersion } from '../../../shared/curation.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import { elementAt } from '../../../shared/element-at.ts'
import type { Split } from '../../../shared/image.ts'
import type { Run } from '../../../shared/run.ts'
import type { OperatingPoint } from '../../../shared/threshold.ts'
import { averagePrecision } from '../../metrics/average-precision.ts'
import { type AurocInterval, delongInterval } from '../../metrics/delong.ts'
import { precisionRecallCurve } from '../../metrics/precision-recall-curve.ts'
import { rocCurve } from '../../metrics/roc-curve.ts'
import { wilson } from '../../metrics/wilson.ts'
import { backboneByName, backboneNotice } from '../../model/backbones/registry.ts'
import { modelDescriptionSchema } from '../../model/model-file.ts'
import { imageScore, scoreKinds } from '../../model/scores.ts'
import { listAudit } from '../../store/audit.ts'
import { digestOfImages, listVersions, retrainingOf } from '../../store/dataset-versions.ts'
import { datasetById, datasetSummary } from '../../store/datasets.ts'
import { flaggedRegionProfileOf } from '../../store/flagged-region-profiles.ts'
import { listImages } from '../../store/images.ts'
import { datasetOfSplit } from '../../store/live.ts'
import { activePoint } from '../../store/operating-points.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import { iterateScores, notScored } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { runName } from '../runs/run-name.ts'
import { mapScaleOf, optionsFor, settingsInUse } from '../runs/score-settings.ts'
import { verdictBy } from '../thresholds/verdict.ts'
import { historyOf, type ReportHistory } from './history.ts'

/** A share with its 95 % interval (Wilson); null where there are no items to take a share of. */
export interface ReportShare {
  part: number
  whole: number
  low: number | null
  high: number | null
}

export interface ReportPart {
  image: number
  file: string
  anomalous: boolean
  defectType: string | null
  score: number
  mapFile: string | null
}

export interface ReportContent {
  version: string
  writtenAt: number
  /** Who asked for the report; null where nobody signed in. */
  writtenBy: string | null
  dataset: ReturnType<typeof datasetSummary>
  versions: DatasetVersion[]
  run: Run
  runName: string
  trainedOn: DatasetVersion | null
  /** The licence notice of the backbone that the model holds; null where it holds none. */
  notice: string | null
  score: { kind: string; formula: string; k: number; reduction: string }
  split: Split
  counts: { normal: number; anomalous: number; unlabeled: number; unscored: number }
  auroc: AurocInterval | null
  auprc: number | null
  /** The operating point in use; null where none was set. */
  point: OperatingPoint | null
  confusion: { escapes: number; caught: number; falseRejects: number; passed: number } | null
  rates: { recall: ReportShare; escapeRate: ReportShare; falseRejectRate: ReportShare } | null
  perDefectType: {
    defectType: string
    n: number
    escapeRate: ReportShare | null
    auroc: AurocInterval | null
  }[]
  curves: {
    roc: [number, number][]
    precisionRecall: [number, number][]
    at: { roc: [number, number]; precisionRecall: [number, number] | null } | null
  }
  scores: { normal: number[]; anomalous: number[] }
  /**
   * The parts on which a model is or comes closest to being wrong: good parts with the highest scores, defects with
   * the lowest.
   */
  worst: { falseRejects: ReportPart[]; escapes: ReportPart[] }
  mapScale: number
  history: ReportHistory
  /** `count`: the number of images, or the number of the newest row of the audit. */
  checksums: { name: string; sha256: string; count: number | null }[]
}

/** The most parts of each kind in the gallery. */
const galleryLimit = 6
/** The most points of a curve in a chart. */
const curvePoints = 400

/** What a network that a person added is called and licensed stands in the model, which outlives the network. */
function noticeOf(workspace: Workspace, { id, config }: Run): string | null {
  const { backbone } = config
  if (typeof backbone !== 'string' || backbone === 'none' || backboneByName(backbone) !== null) {
    return backboneNotice(backbone)
  }
  const description = readFileSync(workspace.path(`${runFolder(id)}/model/model.json`), 'utf8')
  return modelDescriptionSchema.parse(JSON.parse(description)).notice ?? null
}

/** @throws Failure `run-unknown`, `not-trained`, `not-scored` */
export function gatherReport(
  workspace: Workspace,
  request: { run: string; split: Split; version: string; operator: string | null },
): ReportContent {
  const { db } = workspace
  const run = findRun(db, request.run)
  requireTrained(run, 'report')
  const dataset = datasetOf(workspace, run)
  const settings = settingsInUse(db, run)
  const options = optionsFor(run, settings)
  const point = activePoint(db, run.id)
  const parts: ReportPart[] = []
  let unlabeled = 0
  const names = run.components ?? []
  const files = new Map<number, string>()
  const images = listImages(db, {
    datasetId: datasetOfSplit(db, dataset.id, request.split),
    split: request.split,
  })
  for (const { id, file } of images) files.set(id, file)
  let seen = 0
  for (const row of iterateScores(db, run.id, { split: request.split })) {
    const file = files.get(row.imageId)
    if (file === undefined) continue
    seen++
    if (row.label === 'unlabeled') {
      unlabeled++
      continue
    }
    parts.push({
      image: row.imageId,
      file,
      anomalous: row.label === 'anomalous',
      defectType: row.defectType,
      score: imageScore(row.components, names, options),
      mapFile: row.mapFile,
    })
  }
  if (seen === 0) throw notScored(run.id, request.split)
  const scores = Float64Array.from(parts, ({ score }) => score)
  const labels = Uint8Array.from(parts, ({ anomalous }) => Number(anomalous))
  const anomalous = parts.filter((part) => part.anomalous)
  const normal = parts.filter((part) => !part.anomalous)
  const mapScale = mapScaleOf(run)
  const isFlagged = (part: ReportPart): boolean =>
    point !== null &&
    verdictBy(point, {
      score: part.score,
      mapScale,
      profile:
        point.regions === null || part.score < point.threshold
          ? undefined
          : flaggedRegionProfileOf(db, run.id, part.image),
    }) === 'flagged'
  const caught = anomalous.filter(isFlagged).length
  const falseRejects = normal.filter(isFlagged).length
  const both = anomalous.length > 0 && normal.length > 0
  return {
    version: request.version,
    writtenAt: db.now(),
    writtenBy: request.operator,
    dataset: datasetSummary(db, dataset),
    versions: listVersions(db, dataset.id),
    run,
    runName: runName(db, run),
    trainedOn: retrainingOf(db, run.id)?.version ?? null,
    notice: noticeOf(workspace, run),
    score: {
      kind: settings.score,
      formula: scoreKinds.find(({ name }) => name === settings.score)?.formula ?? '',
      k: settings.k,
      reduction: settings.reduction,
    },
    split: request.split,
    counts: {
      normal: normal.length,
      anomalous: anomalous.length,
      unlabeled,
      unscored: images.length - seen,
    },
    auroc: both ? delongInterval(scores, labels) : null,
    auprc: both ? averagePrecision(scores, labels) : null,
    point,
    confusion: point && {
      caught,
      escapes: anomalous.length - caught,
      falseRejects,
      passed: normal.length - falseRejects,
    },
    rates: point && {
      recall: shareOf(caught, anomalous.length),
      escapeRate: shareOf(anomalous.length - caught, anomalous.length),
      falseRejectRate: shareOf(falseRejects, normal.length),
    },
    perDefectType: byType(anomalous, normal, point === null ? null : isFlagged),
    curves: curvesOf(scores, labels, both, point && { caught, falseRejects }),
    scores: { normal: normal.map(({ score }) => score), anomalous: anomalous.map(({ score }) => score) },
    worst: {
      falseRejects: [...normal].sort((a, b) => b.score - a.score).slice(0, galleryLimit),
      escapes: [...anomalous].sort((a, b) => a.score - b.score).slice(0, galleryLimit),
    },
    mapScale,
    history: historyOf(db, run),
    checksums: checksumsOf(workspace, run, dataset),
  }
}

function datasetOf({ db }: Workspace, run: Run): Dataset {
  const dataset = datasetById(db, run.datasetId)
  if (dataset) return dataset
  throw new Error(`There is no dataset ${run.datasetId}, and foreign keys are kept.`)
}

function shareOf(part: number, whole: number): ReportShare {
  const interval = wilson(part, whole)
  return { part, whole, low: interval?.low ?? null, high: interval?.high ?? null }
}

function byType(
  anomalous: readonly ReportPart[],
  normal: readonly ReportPart[],
  isFlagged: ((part: ReportPart) => boolean) | null,
): ReportContent['perDefectType'] {
  const types = Map.groupBy(anomalous, ({ defectType }) => defectType ?? 'other')
  return [...types]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([defectType, items]) => {
      const all = [...normal, ...items]
      return {
        defectType,
        n: items.length,
        escapeRate: isFlagged && shareOf(items.filter((part) => !isFlagged(part)).length, items.length),
        auroc: delongInterval(
          all.map(({ score }) => score),
          all.map((part) => Number(part.anomalous)),
        ),
      }
    })
}

function curvesOf(
  scores: Float64Array,
  labels: Uint8Array,
  both: boolean,
  verdicts: { caught: number; falseRejects: number } | null,
): ReportContent['curves'] {
  const empty = { roc: [], precisionRecall: [], at: null }
  if (!both) return empty
  const roc = rocCurve(scores, labels)
  const precisionRecall = precisionRecallCurve(scores, labels)
  if (!roc || !precisionRecall) return empty
  const positives = labels.reduce((sum, label) => sum + label, 0)
  return {
    roc: thinned(roc.fpr, roc.tpr),
    precisionRecall: thinned(precisionRecall.recall, precisionRecall.precision),
    at: verdicts && pointOn(verdicts, positives, scores.length - positives),
  }
}

/** The operating point on the curves, or beside them where flagged regions also decide. */
function pointOn(
  { caught, falseRejects }: { caught: number; falseRejects: number },
  positives: number,
  negatives: number,
): ReportContent['curves']['at'] {
  const recall = caught / positives
  const flagged = caught + falseRejects
  return {
    roc: [falseRejects / negatives, recall],
    precisionRecall: flagged > 0 ? [recall, caught / flagged] : null,
  }
}

/** Reduces a curve to enough points to draw it, including its ends. */
function thinned(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  const step = Math.max(1, Math.ceil(x.length / curvePoints))
  const points: [number, number][] = []
  const keep = (i: number): void => {
    points.push([elementAt(x, i, 'curve'), elementAt(y, i, 'curve')])
  }
  for (let i = 0; i < x.length; i += step) keep(i)
  const last = x.length - 1
  if (last % step !== 0) keep(last)
  return points
}

/** Checksums against which an auditor can check a workspace. */
function checksumsOf({ db }: Workspace, run: Run, dataset: Dataset): ReportContent['checksums'] {
  const weights = run.result?.weightsSha256
  const splits = (['train', 'validation', 'test'] as const).map((split) => {
    const images = listImages(db, { datasetId: dataset.id, split })
    return { name: split, sha256: digestOfImages(images), count: images.length }
  })
  const newest = listAudit(db, {}, { offset: 0, limit: 1 })
  return [
    ...(weights === undefined ? [] : [{ name: 'weights', sha256: weights, count: null }]),
    ...splits,
    ...newest.map(({ id, hash }) => ({ name: 'audit', sha256: hash, count: id })),
  ]
}
