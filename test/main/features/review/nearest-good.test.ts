import { expect, it } from 'vitest'
import { nearestGood } from '../../../../src/main/features/review/nearest-good.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { readModel, writeModel } from '../../../../src/main/model/model-file.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages, removeImage } from '../../../../src/main/store/images.ts'
import { runFolder } from '../../../../src/main/store/runs.ts'
import type { Id } from '../../../../src/shared/values.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { preparedWorkspace, sessionOn, watchedEngine } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const side = 32

async function trained(session: Session, request: Parameters<typeof startTraining>[1]): Promise<Id> {
  const { job, run } = await startTraining(session, request)
  expect(await session.jobs.ended(job)).toMatchObject({ state: 'done' })
  return run
}

function imagesOf({ workspace: { db } }: Session, split: 'train' | 'test') {
  return listImages(db, { datasetId: findDataset(db, 'parts').id, split })
}

describeWithBackbone('the nearest good places', () => {
  const prepared = preparedWorkspace((session) =>
    trained(session, { dataset: 'parts', model: 'memory', preset: 'quick', seed: 1, set: {} }),
  )
  const middle = [{ x: 0.5, y: 0.5 }]

  it('are on photographs of the training split, and none is as near as the photograph itself', async () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    const training = imagesOf(session, 'train')
    const [own] = training
    const [place] = await nearestGood(session, { run, image: own?.id ?? 0, places: middle })
    // All cells of so few photographs are in the bank, so a training photograph is nearest to itself, at the same place.
    expect(place?.nearest[0]).toMatchObject({ image: own?.id, file: own?.file, removed: false })
    expect(place?.nearest[0]?.x).toBeCloseTo(place?.x ?? 0, 3)
    expect(place?.nearest[0]?.y).toBeCloseTo(place?.y ?? 0, 3)
    const found = place?.nearest.map(({ image }) => image) ?? []
    expect(found).toHaveLength(3)
    for (const image of found) expect(training.map(({ id }) => id)).toContain(image)
    // Cells are compared three by three; those of a photograph this small reach over its edge.
    expect(place).toMatchObject({ across: side, down: side })
  })

  it('are asked of the engine once for a part', async () => {
    const { dir, told: run } = prepared()
    const heard: string[] = []
    const session = sessionOn(
      dir,
      watchedEngine((type) => heard.push(type)),
    )
    const [part] = imagesOf(session, 'test')
    const request = { run, image: part?.id ?? 0, places: middle }
    const answers = await Promise.all([nearestGood(session, request), nearestGood(session, request)])
    expect(await nearestGood(session, request)).toEqual(answers[0])
    expect(answers[1]).toEqual(answers[0])
    expect(heard.filter((type) => type === 'explained')).toHaveLength(1)
  })

  it('say of a photograph that was removed since that it is gone', async () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    const [own] = imagesOf(session, 'train')
    removeImage(session.workspace.db, own?.id ?? 0)
    const [place] = await nearestGood(session, { run, image: own?.id ?? 0, places: middle })
    expect(place?.nearest[0]).toMatchObject({ file: own?.file, removed: true })
    expect(place?.nearest.slice(1).map(({ removed }) => removed)).toEqual([false, false])
  })

  it('are not known to a run of an older version, which says what to do', async () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    const folder = session.workspace.path(runFolder(run))
    const { tensors, description } = await readModel(folder)
    const kept = Object.entries(tensors).filter(([name]) => !name.endsWith('/origin'))
    await writeModel(folder, { tensors: Object.fromEntries(kept), description })
    const [part] = imagesOf(session, 'test')
    await expect(nearestGood(session, { run, image: part?.id ?? 0, places: middle })).rejects.toMatchObject({
      code: 'nearest-unknown',
      params: { case: 'older', run },
    })
  })

  it('are found while a training goes on', async () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    const [part] = imagesOf(session, 'test')
    const { job } = await startTraining(session, tinyTraining({ ganSteps: 5_000 }))
    await expect.poll(() => session.supervisor.state().state, { timeout: 60_000 }).toBe('busy')
    const [place] = await nearestGood(session, { run, image: part?.id ?? 0, places: middle })
    expect(place?.nearest).toHaveLength(3)
    expect(session.jobs.find(job).state).toBe('running')
    session.jobs.stop(job, 'cancel')
    await session.jobs.ended(job)
  })
})

describeWithBackbone('a run without a memory', () => {
  it('compares no places', async () => {
    const { dir, told: run } = withoutMemory()
    const session = sessionOn(dir)
    const [part] = imagesOf(session, 'test')
    await expect(
      nearestGood(session, { run, image: part?.id ?? 0, places: [{ x: 0, y: 0 }] }),
    ).rejects.toMatchObject({ code: 'nearest-unknown', params: { case: 'no-memory' } })
  })
  const withoutMemory = preparedWorkspace((session) => trained(session, tinyTraining()))
})
