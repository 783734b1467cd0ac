/** Trains a new run on curated images, starting from the weights of an earlier run or from the beginning. */

import { z } from 'zod'
import type { DatasetVersion } from '../../../shared/curation.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'
import type { RetrainingWarning } from '../../../shared/training.ts'
import { type Id, jsonObjectSchema } from '../../../shared/values.ts'
import { resolveConfig } from '../../model/catalog.ts'
import type { Session } from '../../session/session.ts'
import { findVersion, listVersions, recordRetraining } from '../../store/dataset-versions.ts'
import { findDataset } from '../../store/datasets.ts'
import { createRun, findRun } from '../../store/runs.ts'
import { baseVersion } from '../datasets/dataset-versions.ts'
import { measureGrayLevels } from '../datasets/white-levels.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { readTrainingList, requireFiles, versionImages } from '../runs/training-images.ts'
import { batchOf, startRun } from './start-run.ts'

export interface RetrainingRequest {
  /** The earlier run. */
  run: string
  /** Number of the dataset version to train on; null for the newest. */
  version: number | null
  start: 'warm' | 'beginning'
  /** The seed; null for that of the earlier run. */
  seed: number | null
  /** Parameters that differ from those of the earlier run, by name. */
  set: Record<string, string | number | boolean>
}

export interface RetrainingStarted {
  job: Id
  run: Id
  warnings: RetrainingWarning[]
  version: DatasetVersion
  /** Estimated from the speed of the earlier run; null where that is not known. */
  estimatedSeconds: number | null
}

/** Parameters that set the number of steps of a stage. */
const lengths = ['ganSteps', 'encoderSteps', 'steps']

/** The share of the steps that a warm start makes; it starts from trained weights. */
const warmShare = 0.5

/**
 * @throws Failure `run-unknown`, `not-trained`, `version-unknown`, `dataset-too-small`, `images-missing`,
 * `bad-parameter`, `disk-full`
 */
export async function startRetraining(
  session: Session,
  request: RetrainingRequest,
): Promise<RetrainingStarted> {
  const { workspace } = session
  const { db } = workspace
  const parent = findRun(db, request.run)
  requireTrained(parent, 'retrain')
  const dataset = findDataset(db, parent.datasetId)
  const base = await baseVersion(workspace, parent)
  const version =
    request.version === null
      ? (listVersions(db, dataset.id)[0] ?? base)
      : findVersion(db, dataset.id, request.version)
  const list = await readTrainingList(workspace, parent)
  const images = await versionImages(workspace, dataset, version.id, list)
  const config = configOf(parent, request)
  const batch = batchOf(config)
  if (images.train.length < batch) {
    throw new Failure('dataset-too-small', {
      case: 'version',
      version: version.number,
      dataset: dataset.name,
      images: images.train.length,
      batch,
    })
  }
  await requireFiles(workspace, [...images.train, ...images.validation])
  const run = db.transaction(() => {
    const made = createRun(db, {
      datasetId: dataset.id,
      model: parent.model,
      preset: parent.preset,
      seed: request.seed ?? parent.seed,
      config: jsonObjectSchema.parse(config),
      stepsTotal: 0,
      parentRunId: parent.id,
    })
    recordRetraining(db, { runId: made.id, versionId: version.id, start: request.start })
    return made
  })
  // Weights that were trained go on with the brightness that they know; fresh ones take the white of the dataset.
  const isWarm = request.start === 'warm'
  if (!isWarm) await measureGrayLevels(workspace, dataset.id, 16)
  const job = await startRun(session, run, images, version.id, isWarm ? list.white : undefined)
  return {
    job,
    run: run.id,
    version,
    estimatedSeconds: estimate(parent, config),
    warnings: warningsFor(version, images.train.length),
  }
}

function warningsFor(version: DatasetVersion, trained: number): RetrainingWarning[] {
  const left = version.images - trained
  const warnings: RetrainingWarning[] = []
  if (version.number === 1) {
    warnings.push({ code: 'not-curated', params: {} })
  }
  if (left > 0) {
    warnings.push({ code: 'left-out', params: { count: left } })
  }
  return warnings
}

/**
 * Estimates how long a retraining would take, for the form.
 * @throws Failure `run-unknown`
 */
export function estimateRetraining(
  { workspace }: Session,
  request: Pick<RetrainingRequest, 'run' | 'start' | 'set'>,
): number | null {
  const parent = findRun(workspace.db, request.run)
  return estimate(parent, configOf(parent, request))
}

const valueSchema = z.union([z.string(), z.number(), z.boolean()])

/** The configuration: that of the earlier run, shorter stages for a warm start, and the parameters asked for. */
function configOf(
  { model, preset, config }: Run,
  { start, set }: Pick<RetrainingRequest, 'start' | 'set'>,
): Record<string, unknown> {
  const values: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(config)) {
    const parsed = valueSchema.safeParse(value)
    if (!parsed.success) continue
    const isShorter = start === 'warm' && lengths.includes(name) && typeof parsed.data === 'number'
    values[name] = isShorter ? Math.max(1, Math.round(Number(parsed.data) * warmShare)) : parsed.data
  }
  return resolveConfig({ model, preset, set: { ...values, ...set } }).config
}

function estimate(parent: Run, config: Record<string, unknown>): number | null {
  const length = (of: Record<string, unknown>): number =>
    lengths.reduce((sum, name) => sum + (z.number().safeParse(of[name]).data ?? 0), 0)
  const before = length(parent.config)
  if (before === 0 || parent.seconds === 0) return null
  return (parent.seconds * length(config)) / before
}
