/**
 * How well a run tells anomalous images from normal ones, by image and, where there are masks, by pixel.
 * Computed from what scoring stored; nothing is chosen here, so every split may be looked at.
 */

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Split } from '../../../shared/image.ts'
import { ignoredOf, rasterize } from '../../../shared/rasterize.ts'
import type { Run } from '../../../shared/run.ts'
import type { Evaluation } from '../../../shared/score.ts'
import type { ImageId } from '../../../shared/values.ts'
import { readAnomalyMapSamples } from '../../images/anomaly-map.ts'
import { readMask } from '../../images/mask.ts'
import { aupro } from '../../metrics/aupro.ts'
import { auroc } from '../../metrics/auroc.ts'
import { averagePrecision } from '../../metrics/average-precision.ts'
import { pixelAuroc } from '../../metrics/pixel-auroc.ts'
import { addToTally, createPixelTally, mergeTally, type PixelTally } from '../../metrics/pixel-tally.ts'
import { imageScore, parseScoreKind, type ScoreOptions } from '../../model/scores.ts'
import { annotationOf, imagesWithIgnored } from '../../store/annotations.ts'
import { blobFormat, iterateImages } from '../../store/images.ts'
import { datasetOfSplit } from '../../store/live.ts'
import { findRun } from '../../store/runs.ts'
import { iterateScores, notScored } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { scoreOptionsOf } from '../runs/score-options.ts'

export interface EvaluationRequest {
  run: string
  /** A name of `scoreKinds`; null for the score that the run was trained with. */
  score: string | null
  split: Split
}

export interface EvaluationContext {
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

/** An image with a known label and its score. */
interface Scored {
  imageId: ImageId
  score: number
  anomalous: boolean
  defectType: string | null
  mapFile: string | null
  maskSha256: string | null
}

/** Whether its pixels count as those of a defect. */
const hasMask = ({ anomalous, mapFile, maskSha256 }: Scored): boolean =>
  anomalous && mapFile !== null && maskSha256 !== null

/**
 * @throws Failure `unknown-run`, `unknown-score`, `component-missing`, `not-scored`, `map-missing`,
 * `map-unreadable`, `cancelled`
 */
export async function evaluateRun(
  workspace: Workspace,
  request: EvaluationRequest,
  context: EvaluationContext = {},
): Promise<Evaluation> {
  const { split } = request
  const run = findRun(workspace.db, request.run)
  const options = scoreOptionsOf(run, request.score === null ? null : parseScoreKind(request.score))
  const { scored, missing } = readScores(workspace, run, split, options)
  const pixels = await tallyPixels(workspace, run, split, scored, context)

  const normals = scored.filter(({ anomalous }) => !anomalous)
  const ofType = new Map<string, Scored[]>()
  for (const item of scored) {
    if (!item.anomalous) continue
    const type = item.defectType ?? 'other'
    ofType.set(type, [...(ofType.get(type) ?? []), item])
  }
  const perDefectType: Evaluation['perDefectType'] = {}
  for (const [type, items] of [...ofType].sort(([a], [b]) => (a < b ? -1 : 1))) {
    perDefectType[type] = {
      n: items.length,
      imageAuroc: rate(auroc, [...normals, ...items]),
      pixelAuroc: pixels.ofType(type),
      masks: items.filter(hasMask).length,
    }
  }
  return {
    run: run.id,
    score: options.kind,
    split,
    n: { normal: normals.length, anomalous: scored.length - normals.length },
    imageAuroc: rate(auroc, scored),
    imageAuprc: rate(averagePrecision, scored),
    pixelAuroc: pixels.auroc,
    aupro: pixels.aupro,
    masks: scored.filter(hasMask).length,
    perDefectType,
    ...(missing > 0 ? { missing } : {}),
  }
}

/** Computes a metric that needs both normal and anomalous items; null where one kind is missing. */
function rate(
  metric: (scores: number[], labels: number[]) => number | null,
  items: readonly Scored[],
): number | null {
  const anomalous = items.filter((item) => item.anomalous).length
  if (anomalous === 0 || anomalous === items.length) return null
  return metric(
    items.map(({ score }) => score),
    items.map((item) => Number(item.anomalous)),
  )
}

/** Scores of the labeled images of a split, and how many labeled images have none. */
function readScores(
  { db }: Workspace,
  run: Run,
  split: Split,
  options: ScoreOptions,
): { scored: Scored[]; missing: number } {
  const labeled = new Set<number>()
  for (const { id, label } of iterateImages(db, {
    datasetId: datasetOfSplit(db, run.datasetId, split),
    split,
  })) {
    if (label !== 'unlabeled') labeled.add(id)
  }
  if (labeled.size === 0) {
    throw new Failure('no-labels', { split })
  }
  const names = run.components ?? []
  const scored: Scored[] = []
  for (const row of iterateScores(db, run.id, { split })) {
    if (!labeled.has(row.imageId)) continue
    const { imageId, label, defectType, mapFile, maskSha256 } = row
    const score = imageScore(row.components, names, options)
    scored.push({ imageId, score, anomalous: label === 'anomalous', defectType, mapFile, maskSha256 })
  }
  if (scored.length === 0) throw notScored(run.id, split)
  return { scored, missing: labeled.size - scored.length }
}

interface PixelFigures {
  auroc: number | null
  aupro: number | null
  ofType(type: string): number | null
}

const noPixels: PixelFigures = { auroc: null, aupro: null, ofType: () => null }

/** Counts the pixels of one map after the other; memory does not grow with their number. */
async function tallyPixels(
  workspace: Workspace,
  run: Run,
  split: Split,
  scored: readonly Scored[],
  { signal, onProgress }: EvaluationContext,
): Promise<PixelFigures> {
  if (!scored.some(({ mapFile, maskSha256 }) => mapFile !== null && maskSha256 !== null)) return noPixels
  // All pixels of a normal image are normal. In an anomalous image without a mask it is unknown which are, so it is
  // left out.
  const usable = scored.filter(
    (item): item is Scored & { mapFile: string } =>
      item.mapFile !== null && (!item.anomalous || item.maskSha256 !== null),
  )
  const top = largestScale(workspace, run)
  const normal = createPixelTally()
  const anomalous = new Map<string, PixelTally>()
  const withIgnored = imagesWithIgnored(workspace.db, datasetOfSplit(workspace.db, run.datasetId, split))
  for (const [index, item] of usable.entries()) {
    if (signal?.aborted) throw new Failure('cancelled', { case: 'evaluation' })
    onProgress?.({ done: index, total: usable.length })
    const map = await mapOnScale(workspace, item.mapFile, top)
    const mask = await maskOf(workspace, item)
    const type = item.defectType ?? 'other'
    let tally = normal
    if (item.anomalous) {
      tally = anomalous.get(type) ?? createPixelTally()
      anomalous.set(type, tally)
    }
    const ignored = withIgnored.has(item.imageId) ? ignoredPixels(workspace, item.imageId, map) : null
    addToTally(tally, { ...map, mask, ignored })
  }
  onProgress?.({ done: usable.length, total: usable.length })

  const together = (parts: Iterable<PixelTally>): PixelTally => {
    const sum = createPixelTally()
    for (const part of parts) mergeTally(sum, part)
    return sum
  }
  const all = together([normal, ...anomalous.values()])
  return {
    auroc: pixelAuroc(all),
    aupro: aupro(all),
    ofType(type) {
      const own = anomalous.get(type)
      return own ? pixelAuroc(together([normal, own])) : null
    },
  }
}

/**
 * The largest scale of the run's maps. Each map has its own scale; to count levels over all maps they are converted
 * to this one.
 */
const largestScale = ({ db }: Workspace, run: Run): number =>
  db.get(
    z.object({ top: z.number().nullable() }),
    'SELECT max(map_scale) AS top FROM score WHERE run_id = $run',
    { run: run.id },
  )?.top ?? 1

async function mapOnScale(
  workspace: Workspace,
  mapFile: string,
  top: number,
): Promise<{ map: Uint16Array; width: number; height: number }> {
  const { samples, scale, width, height } = await readAnomalyMapSamples(await readMapFile(workspace, mapFile))
  const factor = scale / top
  return { map: samples.map((sample) => Math.round(sample * factor)), width, height }
}

async function readMapFile(workspace: Workspace, file: string): Promise<Buffer> {
  try {
    return await readFile(workspace.path(file))
  } catch (cause) {
    throw new Failure('map-missing', { file }, { cause })
  }
}

async function maskOf(workspace: Workspace, { maskSha256 }: Scored): Promise<Uint8Array | null> {
  const format = maskSha256 === null ? undefined : blobFormat(workspace.db, maskSha256)
  if (maskSha256 === null || format === undefined) return null
  return (await readMask(workspace.blobs.path(maskSha256, format))).data
}

/** What was drawn on an image to be ignored. */
function ignoredPixels(
  { db }: Workspace,
  image: ImageId,
  { width, height }: { width: number; height: number },
): Uint8Array {
  return ignoredOf(rasterize(annotationOf(db, image)?.shapes ?? [], width, height))
}
