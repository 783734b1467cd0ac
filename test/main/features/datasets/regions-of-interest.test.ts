import { expect, it } from 'vitest'
import {
  previewRegionOfInterestOfDataset,
  readRegionOfInterestOfRun,
  regionOfInterestOfDataset,
  setRegionOfInterestOfDataset,
} from '../../../../src/main/features/datasets/regions-of-interest.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import type { RegionOfInterest } from '../../../../src/shared/region-of-interest.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { lineWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const half: RegionOfInterest = { kind: 'drawn', polygons: [[0, 0, 0.5, 0, 0.5, 1, 0, 1]] }
const set = (region: RegionOfInterest) => ({ dataset: 'parts', region, operator: 'Li Na' })

it('is given to the engine with the training that was started with it, and the run keeps it', async () => {
  const engine = playedEngine()
  const session = sessionOn(await lineWorkspace(), engine.launch)
  const { workspace } = session
  setRegionOfInterestOfDataset(workspace, set(half))
  const { job, run } = await startTraining(session, tinyTraining())
  await expect.poll(() => engine.tasks).toHaveLength(1)
  expect(engine.tasks[0]).toMatchObject({ kind: 'train', regionOfInterest: half })
  engine.trains()
  await session.jobs.ended(job)
  setRegionOfInterestOfDataset(workspace, set({ kind: 'none' }))
  expect(regionOfInterestOfDataset(workspace, 'parts')).toEqual({ kind: 'none' })
  const [image] = listImages(workspace.db, { datasetId: findDataset(workspace.db, 'parts').id })
  expect(await readRegionOfInterestOfRun(workspace, { run, image: null })).toEqual({
    region: half,
    preview: null,
  })
  const { preview } = await readRegionOfInterestOfRun(workspace, { run, image: image?.id ?? 0 })
  // 32 pixels a side: 16 in, 16 out, row after row, the first run being of none outside.
  expect(preview).toMatchObject({ image: image?.id, share: 0.5, inside: { width: 32, height: 32 } })
  expect(preview?.inside?.runs.slice(0, 4)).toEqual([0, 16, 16, 16])
})

it('is not told to the engine where whole photographs count', async () => {
  const engine = playedEngine()
  const session = sessionOn(await lineWorkspace(), engine.launch)
  await startTraining(session, tinyTraining())
  await expect.poll(() => engine.tasks).toHaveLength(1)
  expect(engine.tasks[0]).not.toHaveProperty('regionOfInterest')
})

it('is looked at on photographs without being set', async () => {
  const session = sessionOn(await lineWorkspace(), playedEngine().launch)
  const { workspace } = session
  const images = listImages(workspace.db, { datasetId: findDataset(workspace.db, 'parts').id }).slice(0, 2)
  const ids = images.map(({ id }) => id)
  const previews = await previewRegionOfInterestOfDataset(workspace, {
    dataset: 'parts',
    region: half,
    images: ids,
  })
  expect(previews.map(({ image, share }) => [image, share])).toEqual(ids.map((id) => [id, 0.5]))
  // A disk of 0.3 of the side, on a ground that is shaded a little.
  const found = await previewRegionOfInterestOfDataset(workspace, {
    dataset: 'parts',
    region: { kind: 'found', margin: 0 },
    images: ids,
  })
  for (const { share } of found) expect(share).toBeCloseTo(Math.PI * 0.3 ** 2, 1)
  expect(regionOfInterestOfDataset(workspace, 'parts')).toEqual({ kind: 'none' })
})

it('is refused where it is drawn by a slip of the hand', async () => {
  const session = sessionOn(await lineWorkspace(), playedEngine().launch)
  const speck: RegionOfInterest = { kind: 'drawn', polygons: [[0.1, 0.1, 0.11, 0.1, 0.11, 0.11]] }
  expect(() => setRegionOfInterestOfDataset(session.workspace, set(speck))).toThrow(
    expect.objectContaining({ code: 'region-too-small' }),
  )
})
