import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { exportModel } from '../../../../src/main/features/export/export-model.ts'
import { keepTrainingList } from '../../../../src/main/features/runs/training-images.ts'
import { writeModel } from '../../../../src/main/model/model-file.ts'
import { digestOf, type TensorMap } from '../../../../src/main/model/safetensors.ts'
import { searchStart } from '../../../../src/main/model/systems/anogan/search-start.ts'
import { createRun, runFolder } from '../../../../src/main/store/runs.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import { stockedWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const tensors: TensorMap = {
  'critic/value/bias': { shape: [1], data: Float32Array.of(0.5) },
  'critic/value/kernel': { shape: [2, 1], data: Float32Array.of(-1, 2) },
}

/** A run with a model of one layer. */
async function trainedRun(model = 'wgan-gp', config = { latent: 3 }): Promise<[Workspace, string]> {
  const { workspace, dataset } = await stockedWorkspace()
  const run = createRun(workspace.db, {
    datasetId: dataset.id,
    model,
    preset: 'quick',
    seed: 4,
    config,
    stepsTotal: 0,
  })
  await keepTrainingList(workspace, run, { train: [], validation: [] }, null, 4095)
  await writeModel(workspace.path(runFolder(run.id)), {
    tensors,
    description: {
      format: 1,
      model,
      config,
      componentNames: ['discriminator'],
      calibration: { discriminator: [0.1, 0.2] },
      mapScale: 1,
      expectedCriticValue: 0.25,
      weightsSha256: digestOf(tensors),
    },
  })
  return [workspace, run.id]
}

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string().optional(),
    shape: z.array(z.number()).optional(),
    data_offsets: z.tuple([z.number(), z.number()]).optional(),
  }),
)

/** Reads safetensors by its specification alone. */
function plainTensors(file: string): Record<string, { shape: number[] | undefined; values: number[] }> {
  const bytes = readFileSync(file)
  const end = 8 + Number(bytes.readBigUInt64LE(0))
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 8, end)))
  return Object.fromEntries(
    Object.entries(header).flatMap(([name, { dtype, shape, data_offsets: offsets }]) => {
      if (!offsets) return []
      expect(dtype).toBe('F32')
      const values: number[] = []
      for (let at = offsets[0]; at < offsets[1]; at += 4) values.push(bytes.readFloatLE(end + at))
      return [[name, { shape, values }]]
    }),
  )
}

it('writes the weights by name as safetensors', async () => {
  const [workspace, run] = await trainedRun()
  const to = join(temporaryFolder(), 'new', 'model')
  const exported = await exportModel(workspace, { run, to })
  expect(exported).toMatchObject({ run, to, files: ['model.safetensors', 'config.json'], weights: 3 })
  expect(plainTensors(join(to, 'model.safetensors'))).toEqual({
    'critic/value/bias': { shape: [1], values: [0.5] },
    'critic/value/kernel': { shape: [2, 1], values: [-1, 2] },
  })
})

it('writes beside them what the scores depend on', async () => {
  const [workspace, run] = await trainedRun()
  const to = temporaryFolder()
  await exportModel(workspace, { run, to })
  expect(JSON.parse(readFileSync(join(to, 'config.json'), 'utf8'))).toMatchObject({
    format: 'fanoscope-model',
    version: 1,
    model: 'wgan-gp',
    preset: 'quick',
    seed: 4,
    config: { latent: 3 },
    white16: 4095,
    components: [{ name: 'discriminator', meaning: 'D(x)' }],
    scores: [{ name: 'discriminator', formula: 'E[D(x_train)] - D(x)' }],
    expectedCriticValue: 0.25,
    calibration: { discriminator: [0.1, 0.2] },
    weightsSha256: digestOf(tensors),
  })
})

it('tells where the search of AnoGAN starts', async () => {
  const [workspace, run] = await trainedRun('anogan')
  const to = temporaryFolder()
  await exportModel(workspace, { run, to })
  const { searchStart: start } = z
    .object({ searchStart: z.array(z.number()) })
    .parse(JSON.parse(readFileSync(join(to, 'config.json'), 'utf8')))
  expect(Float32Array.from(start)).toEqual(searchStart(3))
})

it('refuses a folder that is not empty, and writes nothing there', async () => {
  const [workspace, run] = await trainedRun()
  const to = temporaryFolder()
  writeFileSync(join(to, 'mine.txt'), 'mine')
  await expect(exportModel(workspace, { run, to })).rejects.toMatchObject({ code: 'export-folder-not-empty' })
})

it('refuses a file in the place of the folder', async () => {
  const [workspace, run] = await trainedRun()
  const to = join(temporaryFolder(), 'file')
  writeFileSync(to, '')
  await expect(exportModel(workspace, { run, to })).rejects.toMatchObject({ code: 'export-folder-unusable' })
})

it('refuses a run without a model, and a damaged model', async () => {
  const [workspace, run] = await trainedRun()
  const folder = workspace.path(`${runFolder(run)}/model`)
  const weights = join(folder, 'weights.safetensors')
  const bytes = readFileSync(weights)
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  writeFileSync(weights, bytes)
  const to = join(temporaryFolder(), 'model')
  await expect(exportModel(workspace, { run, to })).rejects.toMatchObject({ code: 'model-corrupt' })
  const { workspace: other, dataset } = await stockedWorkspace()
  const untrained = createRun(other.db, {
    datasetId: dataset.id,
    model: 'wgan-gp',
    preset: 'quick',
    seed: 1,
    config: {},
    stepsTotal: 0,
  })
  mkdirSync(to)
  await expect(exportModel(other, { run: untrained.id, to })).rejects.toMatchObject({ code: 'not-trained' })
})
