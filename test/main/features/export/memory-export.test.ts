import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { loadImage } from '../../../../src/main/engine/data/load-image.ts'
import { launchStandardEngine } from '../../../../src/main/engine-host/standard-engine.ts'
import { addBackbone, removeBackbone } from '../../../../src/main/features/backbones/add-backbone.ts'
import { exportModel } from '../../../../src/main/features/export/export-model.ts'
import { startExport } from '../../../../src/main/features/export/exporting.ts'
import { type Manifest, manifestSchema } from '../../../../src/main/features/export/manifest.ts'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { importModel } from '../../../../src/main/features/models/model-import.ts'
import { startScoring } from '../../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { backboneNotice } from '../../../../src/main/model/backbones/registry.ts'
import { memoryComponents, softMaximum } from '../../../../src/main/model/scores.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { iterateScores } from '../../../../src/main/store/scores.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { runSavedModel } from '../../engine/graph/run-saved-model.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { brought } from '../backbones/brought.ts'
import { description as ownDescription, smallNetwork } from '../backbones/small-network.ts'
import { lineWorkspace, sessionOn, writeLine } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const root = mkdtempSync(join(tmpdir(), 'fanoscope-memory-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function exported(
  session: Session,
  run: string,
  format: 'package' | 'onnx' | 'savedmodel',
  name: string,
) {
  const to = join(root, name)
  const order = {
    run,
    format,
    to,
    batch: 2,
    language: 'en',
    split: 'test',
    components: false,
    operator: null,
  } as const
  const ended = await session.jobs.ended(startExport(session, order).job)
  if (ended.state !== 'done') throw new Error(JSON.stringify(ended.failure))
  return to
}

const manifestIn = (file: string): Manifest => manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

async function scoresOf(session: Session, run: string, dataset: string): Promise<number[]> {
  const { id } = findDataset(session.workspace.db, dataset)
  await session.jobs.ended(startScoring(session, { run, datasetId: id, split: null, again: false }).job)
  return [...iterateScores(session.workspace.db, run)].map(({ score }) => score)
}

/** What the graph of photographs gives, where a SavedModel has no other. */
function scoreOfGraph(
  folder: string,
  { data, width, height }: { data: Float32Array; width: number; height: number },
): number {
  const photograph = { shape: [1, height, width, 3], data }
  const found = runSavedModel(readFileSync(join(folder, 'saved_model.pb')), 'serving_default', { photograph })
  // The run's score is `combined`: of a memory alone, the soft maximum of what the graph says.
  return softMaximum(memoryComponents.map((name) => found[name]?.data[0] ?? Number.NaN))
}

const ascending = (a: number, b: number): number => a - b

const configOf = { backbone: 'efficientnet-lite2', featureScale: 0.5 } as const

describeWithBackbone('a run that scores by its memory', () => {
  it('gives the same scores as a SavedModel, and as a package on another workstation', async () => {
    const part = { width: 90, height: 70 }
    const session = sessionOn(await lineWorkspace({ good: 12, test: 4, part }))
    const set = { featureScale: configOf.featureScale }
    const order = { dataset: 'parts', model: 'memory', preset: 'quick', seed: 1, set } as const
    const { job, run } = await startTraining(session, order)
    await session.jobs.ended(job)
    const photographs = await writeLine(temporaryFolder(), {
      good: 3,
      test: 0,
      part: { ...part, defect: true },
    })
    await importFolder(session.workspace, { folder: photographs, dataset: 'today' })
    const here = await scoresOf(session, run, 'today')
    expect(here).toHaveLength(3)

    const savedModel = await exported(session, run, 'savedmodel', 'saved')
    const files = [0, 1, 2].map((i) => join(photographs, 'train/good', `${i}.png`))
    const outside: number[] = []
    for (const [id, file] of files.entries()) {
      const mode = {
        input: 'tiles',
        size: 32,
        channels: 1,
        scale: 1,
        resizing: 'exact',
        normalization: 'none',
        ...configOf,
      } as const
      const { forFeatures } = await loadImage({ id, file, white: null, ...part }, mode)
      if (forFeatures !== null) outside.push(scoreOfGraph(savedModel, forFeatures))
    }
    expect(outside).toHaveLength(3)
    for (const [i, score] of outside.sort(ascending).entries()) {
      expect(Math.abs(score - (here.toSorted(ascending)[i] ?? Number.NaN)) / Math.abs(score)).toBeLessThan(
        1e-4,
      )
    }

    const folder = await exported(session, run, 'package', 'package')
    const manifest = manifestIn(join(folder, 'fanoscope.json'))
    expect(manifest.preprocessing).toMatchObject({ input: 'photograph', scale: 0.5 })
    expect(manifest.memory).toMatchObject({
      signature: 'serving_default',
      onnx: 'model.onnx',
      scale: 0.5,
      inputs: ['photograph'],
      mapBeside: [],
    })
    const other = sessionOn(join(temporaryFolder(), 'other'))
    await importFolder(other.workspace, { folder: photographs, dataset: 'today' })
    const imported = await importModel(other, { folder, dataset: 'line 7', operator: null })
    expect(await scoresOf(other, imported.run.id, 'today')).toEqual(here)
  })

  it('of networks on features says how windows are made of a photograph', async () => {
    const session = sessionOn(await lineWorkspace())
    const set = {
      input: 'features',
      backbone: configOf.backbone,
      featureScale: 1,
      window: 2,
      components: 6,
      memory: true,
      score: 'memory',
      map: 'memory',
    }
    const { job, run } = await startTraining(session, tinyTraining(set))
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'done' })
    const folder = await exported(session, run, 'package', 'of-features')
    const manifest = manifestIn(join(folder, 'fanoscope.json'))
    expect(manifest.preprocessing).toMatchObject({
      input: 'features',
      size: 2,
      scale: 1,
      tensor: 'float32 [batch, size, size, values]',
    })
    expect(manifest.features).toMatchObject({
      values: 6,
      signature: 'features',
      onnx: 'features.onnx',
      inputs: ['photograph'],
      outputs: ['features'],
    })
    expect(manifest.memory).toMatchObject({ signature: 'memory', onnx: 'memory.onnx' })
    expect(Object.keys(manifest.files)).toEqual(
      expect.arrayContaining(['model.onnx', 'features.onnx', 'memory.onnx', 'NOTICE.txt']),
    )
    await exported(session, run, 'onnx', 'of-features.onnx')
    expect(existsSync(join(root, 'of-features-features.onnx'))).toBe(true)
  })

  it('names whose network it holds in each form that it takes', async () => {
    const session = sessionOn(await lineWorkspace())
    const set = { memory: true, backbone: configOf.backbone, score: 'memory', map: 'memory', texture: true }
    const { job, run } = await startTraining(session, tinyTraining(set))
    await session.jobs.ended(job)
    const notice = backboneNotice(configOf.backbone) ?? 'none'
    const packaged = await exported(session, run, 'package', 'both')
    const manifest = manifestIn(join(packaged, 'fanoscope.json'))
    // Beside its graph of tiles it has one of photographs.
    expect(manifest.memory).toMatchObject({
      signature: 'memory',
      onnx: 'memory.onnx',
      mapBeside: ['texture'],
    })
    expect(manifest.score).toMatchObject({ kind: 'memory', beside: ['texture'], ofGraph: null })
    expect(Object.keys(manifest.files)).toEqual(expect.arrayContaining(['memory.onnx', 'NOTICE.txt']))
    expect(manifest.notices).toEqual([notice])
    const savedModel = await exported(session, run, 'savedmodel', 'both-saved')
    await exported(session, run, 'onnx', 'line.onnx')
    const safetensors = join(root, 'tensors')
    await exportModel(session.workspace, { run, to: safetensors })
    for (const file of [
      join(packaged, 'NOTICE.txt'),
      join(savedModel, 'assets.extra', 'NOTICE.txt'),
      join(root, 'line.NOTICE.txt'),
      join(safetensors, 'NOTICE.txt'),
    ]) {
      const text = readFileSync(file, 'utf8')
      expect(text).toContain(notice)
      expect(text).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION')
    }
    for (const name of ['line.onnx', 'line-memory.onnx']) {
      expect(readFileSync(join(root, name)).includes(notice)).toBe(true)
    }
  })
})

describeCompiled('a run with a network that somebody added', () => {
  it('keeps it: scores and exports are the same once the network is removed', async () => {
    vi.stubEnv('FANOSCOPE_BACKBONES', join(temporaryFolder(), 'backbones'))
    onTestFinished(() => void vi.unstubAllEnvs())
    await addBackbone(brought(smallNetwork()), { launch: launchStandardEngine, environment: process.env })
    const part = { width: 60, height: 50 }
    const session = sessionOn(await lineWorkspace({ good: 12, test: 4, part }))
    const unknown = {
      dataset: 'parts',
      model: 'memory',
      preset: 'quick',
      seed: 1,
      set: { backbone: 'other' },
    }
    await expect(startTraining(session, unknown)).rejects.toMatchObject({
      code: 'backbone-absent',
      params: { known: ['efficientnet-lite2', ownDescription.name] },
    })
    const set = { backbone: ownDescription.name, featureScale: 1 }
    const { job, run } = await startTraining(session, { ...unknown, set })
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'done' })
    await removeBackbone(ownDescription.name, process.env)

    const photographs = await writeLine(temporaryFolder(), {
      good: 3,
      test: 0,
      part: { ...part, defect: true },
    })
    await importFolder(session.workspace, { folder: photographs, dataset: 'today' })
    const here = await scoresOf(session, run, 'today')
    expect(here).toHaveLength(3)
    const folder = await exported(session, run, 'package', 'own')
    const { notices } = manifestIn(join(folder, 'fanoscope.json'))
    expect(notices).toEqual([expect.stringContaining('Two convolutions: Drawn at random for a test. MIT')])
    expect(readFileSync(join(folder, 'NOTICE.txt'), 'utf8')).toContain('A factory')
    expect(existsSync(join(folder, 'model.onnx'))).toBe(true)
    const outside: number[] = []
    for (const i of [0, 1, 2]) {
      const file = join(photographs, 'train/good', `${i}.png`)
      const mode = {
        input: 'tiles',
        size: 32,
        channels: 1,
        scale: 1,
        resizing: 'exact',
        normalization: 'none',
        backbone: ownDescription.name,
        featureScale: 1,
      } as const
      const { forFeatures } = await loadImage({ id: i, file, white: null, ...part }, mode)
      if (forFeatures !== null) outside.push(scoreOfGraph(join(folder, 'saved_model'), forFeatures))
    }
    for (const [i, score] of outside.sort(ascending).entries()) {
      expect(Math.abs(score - (here.toSorted(ascending)[i] ?? Number.NaN)) / Math.abs(score)).toBeLessThan(
        1e-4,
      )
    }
    const other = sessionOn(join(temporaryFolder(), 'other'))
    await importFolder(other.workspace, { folder: photographs, dataset: 'today' })
    const imported = await importModel(other, { folder, dataset: 'line 7', operator: null })
    expect(await scoresOf(other, imported.run.id, 'today')).toEqual(here)
  })
})
