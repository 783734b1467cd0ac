/** Starts and resumes trainings. Everything that can be checked in advance is checked before anything is written. */

import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import { type TrainingWarning, trainingWarning } from '../../../shared/training.ts'
import { type Id, jsonObjectSchema } from '../../../shared/values.ts'
import { type DatasetTraits, resolveConfig } from '../../model/catalog.ts'
import { fewPhotographs } from '../../model/few-photographs.ts'
import type { Session } from '../../session/session.ts'
import { findVersion, recordRetraining } from '../../store/dataset-versions.ts'
import { datasetSummary, findDataset } from '../../store/datasets.ts'
import { createRun, findRun, setRunState } from '../../store/runs.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { measureGrayLevels } from '../datasets/white-levels.ts'
import { requireFiles, type TrainingImages, trainingImages } from '../runs/training-images.ts'
import { backboneOf, presentBackbone } from './backbone.ts'
import { pictureFindingsTask } from './findings-task.ts'
import { overlapFindings } from './overlap.ts'
import { countSizes, medianSide, suitsWhole } from './picture-sizes.ts'
import { batchOf, startRun } from './start-run.ts'
import { trainPlan } from './train-job.ts'

export interface TrainingRequest {
  /** Name or id of the dataset. */
  dataset: string
  model: string
  preset: string
  seed: number
  /** Number of the dataset version to learn from; null for the training split as it is. */
  version?: number | null
  /** Parameters by name that replace those of the preset. */
  set: Record<string, string | number | boolean>
}

export interface TrainingStarted {
  job: Id
  run: Id
  warnings: TrainingWarning[]
}

/**
 * @throws Failure `unknown-dataset`, `version-unknown`, `no-normal-images`, `dataset-too-small`, `images-missing`,
 * `unknown-model`, `unknown-preset`, `bad-parameter`, `backbone-absent`, `disk-full`
 */
export async function startTraining(session: Session, request: TrainingRequest): Promise<TrainingStarted> {
  const { workspace } = session
  const dataset = findDataset(workspace.db, request.dataset)
  const { model, preset, seed, set, version: number = null } = request
  const version = number === null ? null : findVersion(workspace.db, dataset.id, number)
  const images = await trainingImages(workspace, dataset, version?.id)
  requireNormals(session, dataset, images)
  const traits = { ...traitsOf(dataset, images.train), backbone: await presentBackbone() }
  const { config } = resolveConfig({ model, preset, set, traits })
  requireBatch(dataset, images, config)
  await backboneOf(config)
  await requireFiles(workspace, [...images.train, ...images.validation])
  await measureGrayLevels(workspace, dataset.id, 16)
  const looked = lookedAtSchema.parse(config)
  const findings = [
    ...(await runWorkspaceTask(workspace, pictureFindingsTask, { datasetId: dataset.id, ...looked })),
    ...overlapFindings(workspace.db, dataset),
  ]
  const run = workspace.db.transaction(() => {
    const made = createRun(workspace.db, {
      datasetId: dataset.id,
      model,
      preset,
      seed,
      config: jsonObjectSchema.parse(config),
      stepsTotal: 0,
    })
    if (version !== null) {
      recordRetraining(workspace.db, { runId: made.id, versionId: version.id, start: 'beginning' })
    }
    return made
  })
  const job = await startRun(session, run, images, version?.id)
  return { job, run: run.id, warnings: [...warningsFor(images), ...findings] }
}

/**
 * Resumes an interrupted, cancelled or failed run from its last checkpoint.
 * @throws Failure `unknown-run`, `run-trained`, `run-active`
 */
export function resumeTraining(session: Session, text: string): TrainingStarted {
  const { workspace, jobs, events } = session
  const run = findRun(workspace.db, text)
  if (run.state === 'trained') {
    throw new Failure('run-trained', { run: run.id })
  }
  if (jobs.activeOf(run.id) !== null) {
    throw new Failure('run-active', { run: run.id })
  }
  if (run.state !== 'queued') setRunState(workspace.db, run.id, 'queued')
  const job = jobs.start(trainPlan(session, run.id, true))
  events.emit('run.changed', { run: run.id })
  return { job: job.id, run: run.id, warnings: [] }
}

function requireNormals({ workspace: { db } }: Session, dataset: Dataset, { train }: TrainingImages): void {
  if (train.length > 0) return
  const { images, labels } = datasetSummary(db, dataset)
  throw new Failure('no-normal-images', { dataset: dataset.name, images, normal: labels.normal })
}

function requireBatch(dataset: Dataset, { train }: TrainingImages, config: Record<string, unknown>): void {
  const batch = batchOf(config)
  if (train.length >= batch) return
  throw new Failure('dataset-too-small', {
    dataset: dataset.name,
    images: train.length,
    batch,
    more: batch - train.length,
  })
}

/** With fewer validation images, a percentile says little. */
const fewValidation = 10

/** A system without networks looks at the photograph as it is, as tiles do, and so do features. */
const lookedAtSchema = z.object({
  input: z
    .enum(['whole', 'tiles', 'features'])
    .default('tiles')
    .transform((input) => (input === 'whole' ? input : 'tiles')),
  size: z.int().default(32),
})

function warningsFor({ train, validation }: TrainingImages): TrainingWarning[] {
  const few =
    train.length < fewPhotographs ? [trainingWarning('few-photographs', { count: train.length })] : []
  const count = validation.length
  if (count === 0) return [...few, trainingWarning('no-validation')]
  if (count < fewValidation) return [...few, trainingWarning('few-validation', { count })]
  return few
}

/** Properties of the training images on which defaults of the configuration depend. Test images are not used. */
export function traitsOf(dataset: Dataset, train: readonly Image[]): DatasetTraits {
  const sizes = countSizes(train)
  return {
    channels: train.some(({ channels }) => channels === 3) ? 3 : 1,
    hasDirection: dataset.hasDirection,
    sameSize: suitsWhole(sizes),
    side: medianSide(sizes),
    photographs: train.length,
  }
}
