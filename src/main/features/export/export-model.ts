/**
 * Exports a trained model as files that other programs read: the weights by name, and everything that its scores
 * depend on. `docs/model-format.md` describes the layout.
 */

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'
import { readModel, type StoredModel } from '../../model/model-file.ts'
import { writeTensors } from '../../model/safetensors.ts'
import { componentMeanings, scoreKinds, scoresFrom } from '../../model/scores.ts'
import { searchStart } from '../../model/systems/anogan/search-start.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { readTrainingList } from '../runs/training-images.ts'
import { noticesOf } from './manifest.ts'
import { noticeFile, noticeText } from './notice.ts'

export interface ExportedModel {
  run: string
  format: 'safetensors'
  to: string
  /** Names of the files inside `to`. */
  files: string[]
  weights: number
  weightsSha256: string
}

const weightsName = 'model.safetensors'
const configName = 'config.json'

/**
 * @throws Failure `run-unknown`, `run-ambiguous`, `not-trained`, `run-incomplete`, `model-corrupt`, `export-folder-not-empty`,
 * `export-folder-unusable`, `export-failed`
 */
export async function exportModel(
  workspace: Workspace,
  request: { run: string; to: string },
): Promise<ExportedModel> {
  const run = findRun(workspace.db, request.run)
  // The model is read completely, which checks its digest: a damaged model must not be exported.
  const model = await readModel(workspace.path(runFolder(run.id)))
  const { white: white16 } = await readTrainingList(workspace, run)
  const { to } = request
  await requireEmpty(to)
  const notices = noticesOf(model.description, run)
  try {
    await mkdir(to, { recursive: true })
    await writeTensors(join(to, weightsName), model.tensors, { format: 'fanoscope-1' })
    const notice = await noticeText(notices)
    const config = `${JSON.stringify(describeModel(run, model, { white16, notices }), null, 1)}\n`
    // The configuration is written last: where it exists, the export is complete.
    if (notice !== null) await writeFileDurably(join(to, noticeFile), notice)
    await writeFileDurably(join(to, configName), config)
  } catch (error) {
    throw new Failure('export-failed', { folder: to, reason: reasonOf(error) }, { cause: error })
  }
  return {
    run: run.id,
    format: 'safetensors',
    to,
    files: [weightsName, configName, ...(notices.length > 0 ? [noticeFile] : [])],
    weights: Object.values(model.tensors).reduce((sum, { data }) => sum + data.length, 0),
    weightsSha256: model.description.weightsSha256,
  }
}

async function requireEmpty(folder: string): Promise<void> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new Failure('export-folder-unusable', { folder, reason: reasonOf(error) }, { cause: error })
  })
  if (files.length === 0) return
  throw new Failure('export-folder-not-empty', { folder })
}

const latentSchema = z.object({ latent: z.int().positive() })

/** The content of `config.json`: what is needed to compute the model's scores. */
function describeModel(
  run: Run,
  { description }: StoredModel,
  { white16, notices }: { white16: number; notices: string[] },
): Record<string, unknown> {
  const { model, config, componentNames, calibration, mapScale, expectedCriticValue, parts, weightsSha256 } =
    description
  const names = scoresFrom(componentNames)
  return {
    format: 'fanoscope-model',
    version: 1,
    run: run.id,
    model,
    preset: run.preset,
    seed: run.seed,
    config,
    white16,
    components: componentNames.map((name) => ({ name, meaning: componentMeanings[name] ?? name })),
    scores: scoreKinds.filter(({ name }) => names.includes(name)),
    expectedCriticValue,
    ...(parts && { parts }),
    mapScale,
    calibration,
    ...(model === 'anogan' ? { searchStart: [...searchStart(latentSchema.parse(config).latent)] } : {}),
    notices,
    weightsSha256,
  }
}
