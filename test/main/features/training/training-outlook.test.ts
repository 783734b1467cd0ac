import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { trainingOutlook } from '../../../../src/main/features/training/training-outlook.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { listImages, setSplit } from '../../../../src/main/store/images.ts'
import { createJob, finishJob } from '../../../../src/main/store/jobs.ts'
import { createRun, setRunState, updateProgress } from '../../../../src/main/store/runs.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { numbered, photograph, writeFolder } from '../import/photographs.ts'

async function stocked(other: Record<string, Buffer> = {}): Promise<Workspace> {
  const workspace = freshWorkspace()
  const folder = await writeFolder(temporaryFolder(), { ...numbered('good', 10), ...other })
  await importFolder(workspace, { folder, dataset: 'parts' })
  return workspace
}
const request = { dataset: 'parts', model: 'fanogan', preset: 'quick', set: {} }
const look = (workspace: Workspace, change: Partial<typeof request> = {}) =>
  trainingOutlook(workspace, { hasGpu: false, backbone: null }, { ...request, ...change })
const codes = (workspace: Workspace, set: Record<string, string> = {}) =>
  look(workspace, { set }).notices.map(({ code }) => code)

describe('before a training', () => {
  it('counts what it may see', async () => {
    expect(look(await stocked()).counts).toEqual({ train: 6, validation: 2, unlabeled: 0 })
  })

  it('says where photographs have several sizes, and what that means for the input', async () => {
    const workspace = await stocked({ 'good/large.png': await photograph(50, 80, 80) })
    const large = listImages(workspace.db, {
      datasetId: datasetByName(workspace.db, 'parts')?.id ?? '',
      text: 'large',
    })
    for (const { id } of large) setSplit(workspace.db, id, 'train')
    expect(codes(workspace, { input: 'whole' })).toContain('mixed-sizes-whole')
    expect(codes(workspace, { input: 'tiles' })).toEqual(
      expect.arrayContaining(['mixed-sizes', 'smaller-than-tile']),
    )
    expect(codes(await stocked(), { input: 'whole' })).toEqual(['overlap-unknown'])
  })

  it('says how many pictures stand in two splits, as far as somebody has looked', async () => {
    const workspace = await stocked()
    const { db } = workspace
    const datasetId = datasetByName(db, 'parts')?.id ?? ''
    expect(codes(workspace)).toContain('overlap-unknown')
    const [a] = listImages(db, { datasetId, split: 'train' })
    const [b] = listImages(db, { datasetId, split: 'test' })
    if (a === undefined || b === undefined) throw new Error('Both splits have images.')
    const job = createJob(db, { kind: 'duplicates', payload: {}, runId: null, datasetId })
    const result = JSON.parse(
      JSON.stringify({ images: 10, found: 1, pairs: [{ a, b, distance: 0 }], unreadable: [] }),
    )
    finishJob(db, job.id, { state: 'done', result })
    expect(look(workspace).notices).toContainEqual({ code: 'overlap', count: 1 })
    setSplit(db, b.id, 'train')
    expect(codes(workspace)).not.toContain('overlap')
  })

  it('tells the time by what trainings took here: twice the steps, twice the time', async () => {
    const workspace = await stocked()
    const { db } = workspace
    expect(look(workspace).isMeasured).toBe(false)
    const set = { ganSteps: 100, encoderSteps: 100 }
    const config = { size: 64, width: 24, batch: 16, criticSteps: 1, lambda: 10, input: 'whole', ...set }
    const datasetId = datasetByName(db, 'parts')?.id ?? ''
    const run = createRun(db, {
      datasetId,
      model: 'fanogan',
      preset: 'quick',
      seed: 1,
      config,
      stepsTotal: 200,
    })
    setRunState(db, run.id, 'training')
    updateProgress(db, run.id, { stepsDone: 200, stepsTotal: 200, seconds: 40, losses: {} })
    const same = trainingOutlook(workspace, { hasGpu: false, backbone: null }, { ...request, set })
    expect([same.isMeasured, same.seconds]).toEqual([true, expect.closeTo(40, 6)])
    const twice = trainingOutlook(
      workspace,
      { hasGpu: false, backbone: null },
      {
        ...request,
        set: { ganSteps: 200, encoderSteps: 200 },
      },
    )
    expect(twice.seconds).toBeCloseTo(80, 6)
  })

  it('does not tell the time of a long training by one that was over as soon as it was set up', async () => {
    const workspace = await stocked()
    const { db } = workspace
    const rough = look(workspace).seconds
    const config = { size: 32, width: 8, batch: 16, criticSteps: 2, ganSteps: 120, encoderSteps: 120 }
    const datasetId = datasetByName(db, 'parts')?.id ?? ''
    const made = { datasetId, model: 'fanogan', preset: 'smoke', seed: 1, config, stepsTotal: 240 }
    const run = createRun(db, made)
    setRunState(db, run.id, 'training')
    updateProgress(db, run.id, { stepsDone: 240, stepsTotal: 240, seconds: 6, losses: {} })
    expect(look(workspace)).toMatchObject({ isMeasured: false, seconds: rough })
  })

  it('needs more memory for larger batches, images and networks', async () => {
    const workspace = await stocked()
    const memory = (set: Record<string, number>) =>
      trainingOutlook(workspace, { hasGpu: false, backbone: null }, { ...request, set }).memoryBytes
    const own = memory({})
    for (const larger of [{ batch: 64 }, { size: 128 }, { width: 64 }])
      expect(memory(larger)).toBeGreaterThan(own)
  })
})
