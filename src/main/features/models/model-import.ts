/** Imports a model package of another workstation as a trained run. */

import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { wholePhotograph } from '../../../shared/region-of-interest.ts'
import type { Run } from '../../../shared/run.ts'
import { modelDescriptionSchema } from '../../model/model-file.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import type { Session } from '../../session/session.ts'
import { recordAudit } from '../../store/audit.ts'
import { createDataset, datasetByName } from '../../store/datasets.ts'
import {
  createRun,
  findRun,
  renameRun,
  runFolder,
  setCalibration,
  setRunResult,
  setRunState,
  updateProgress,
} from '../../store/runs.ts'
import { type Manifest, manifestSchema } from '../export/manifest.ts'
import { hashesOf } from '../export/write-model.ts'
import { preparedOrCancelled } from '../runs/prepared-run.ts'
import { keepTrainingList } from '../runs/training-images.ts'

export interface ModelImport {
  run: Run
  dataset: string
  /** The threshold in the package. It is not used: a threshold is set on parts of this line. */
  threshold: Manifest['threshold']
}

export interface ModelImportRequest {
  /** Absolute path of the package. */
  folder: string
  /** Name of the dataset that the run will belong to; null for the name in the package. */
  dataset: string | null
  /** Who asked for it; null where nobody signed in. */
  operator: string | null
}

/**
 * @throws Failure `no-model-package`, `package-damaged`, `disk-full`
 */
export async function importModel(
  { workspace, events }: Session,
  { folder, dataset: datasetName, operator }: ModelImportRequest,
): Promise<ModelImport> {
  const { db } = workspace
  const manifest = await readManifest(folder)
  const description = await readDescriptionOf(folder)
  await requireWhole(folder, manifest)
  const name = datasetName ?? manifest.dataset
  const run = db.transaction(() => {
    const dataset =
      datasetByName(db, name) ??
      createDataset(db, { name, layout: 'flat', source: `model package ${manifest.run}` })
    const { model, preset, seed, config } = manifest
    return createRun(db, { datasetId: dataset.id, model, preset, seed, config, stepsTotal: manifest.steps })
  })
  await preparedOrCancelled(db, run, async () => {
    await storedAsync(async () => {
      const to = workspace.path(`${runFolder(run.id)}/model`)
      for (const file of ['weights.safetensors', 'model.json']) await cp(join(folder, file), join(to, file))
    })
    await keepTrainingList(
      workspace,
      run,
      { train: [], validation: [] },
      null,
      manifest.preprocessing.white16,
      description.regionOfInterest ?? wholePhotograph,
    )
  })
  const {
    calibration: scores,
    mapScale,
    expectedCriticValue,
    parts,
    componentNames,
    weightsSha256,
  } = description
  db.transaction(() => {
    setRunState(db, run.id, 'training')
    updateProgress(db, run.id, {
      stepsDone: manifest.steps,
      stepsTotal: manifest.steps,
      seconds: manifest.seconds,
      losses: {},
    })
    setCalibration(db, run.id, { scores, mapScale, expectedCriticValue, ...(parts && { parts }) })
    setRunResult(db, run.id, {
      steps: manifest.steps,
      componentNames,
      weightsSha256,
      importedFrom: { run: manifest.run, dataset: manifest.dataset, fanoscope: manifest.fanoscope },
    })
    renameRun(db, run.id, manifest.name ?? `${manifest.model} ${manifest.run}`)
    setRunState(db, run.id, 'trained')
    recordAudit(db, {
      action: 'model.imported',
      operator,
      run: run.id,
      dataset: name,
      detail: { folder, from: manifest.run, fanoscope: manifest.fanoscope, weightsSha256 },
    })
  })
  events.emit('run.changed', { run: run.id })
  events.emit('dataset.changed', { dataset: run.datasetId })
  return { run: findRun(db, run.id), dataset: name, threshold: manifest.threshold }
}

async function readManifest(folder: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'fanoscope.json'), 'utf8')))
  } catch (cause) {
    throw new Failure('no-model-package', { folder }, { cause })
  }
}

async function readDescriptionOf(folder: string) {
  try {
    return modelDescriptionSchema.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')))
  } catch (cause) {
    throw damaged(folder, 'model.json', { cause })
  }
}

/** Checks that every file is unchanged and that no required file is missing. */
async function requireWhole(folder: string, { files }: Manifest): Promise<void> {
  const found = await hashesOf(folder)
  for (const file of new Set(['weights.safetensors', 'model.json', ...Object.keys(files)])) {
    if (files[file] === undefined || found[file] !== files[file]) throw damaged(folder, file)
  }
}

const damaged = (folder: string, file: string, options?: ErrorOptions): Failure =>
  new Failure('package-damaged', { file, folder }, options)
