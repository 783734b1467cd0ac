import { describe, expect, it } from 'vitest'
import {
  addMetrics,
  createRun,
  findRun,
  listRuns,
  metricsOf,
  renameRun,
  setCalibration,
  setRunResult,
  setRunState,
  updateProgress,
} from '../../../src/main/store/runs.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

async function training() {
  const { workspace, dataset } = await stockedWorkspace(1)
  const values = {
    datasetId: dataset.id,
    model: 'fanogan',
    preset: 'quick',
    seed: 7,
    config: { size: 64, weights: [1, 50, 1] },
    stepsTotal: 100,
  }
  return { db: workspace.db, values, run: createRun(workspace.db, values) }
}

describe('a run', () => {
  it('is stored with its whole configuration', async () => {
    const { db, run, values } = await training()
    expect(findRun(db, run.id)).toMatchObject({
      ...values,
      state: 'queued',
      stepsDone: 0,
      losses: {},
      failure: null,
    })
  })

  it('is found by its id, its name, and either end of its id', async () => {
    const { db, run } = await training()
    renameRun(db, run.id, 'night shift')
    for (const text of [run.id, 'night shift', run.id.slice(0, 8), run.id.slice(-5)]) {
      expect(findRun(db, text).id).toBe(run.id)
    }
  })

  it('is called as no other run of its dataset is', async () => {
    const { db, run, values } = await training()
    const second = createRun(db, values)
    const otherSeed = createRun(db, { ...values, seed: values.seed + 1 })
    expect([run, second, otherSeed].map(({ number }) => number)).toEqual([1, 2, 1])
    const monday = createRun(db, { ...values, name: 'Monday' })
    renameRun(db, run.id, 'Monday')
    expect([monday.number, findRun(db, run.id).number]).toEqual([1, 2])
    expect(findRun(db, 'Monday').id).toBe(monday.id)
    expect(findRun(db, 'Monday (2)').id).toBe(run.id)
    // The number of one that had the name before is not given again while others have later ones.
    expect(createRun(db, values).number).toBe(3)
  })

  it('is asked for again when several fit, and named when none does', async () => {
    const { db, run, values } = await training()
    createRun(db, values)
    expect(() => findRun(db, run.id.slice(0, 8))).toThrow(expect.objectContaining({ code: 'run-ambiguous' }))
    expect(() => findRun(db, 'nothing')).toThrow(expect.objectContaining({ code: 'run-unknown' }))
    expect(() => findRun(db, '')).toThrow(expect.objectContaining({ code: 'run-unknown' }))
  })

  it('goes from queued over training to trained, and then stays', async () => {
    const { db, run } = await training()
    expect(setRunState(db, run.id, 'training')).toMatchObject({ state: 'training', resumedCount: 0 })
    expect(setRunState(db, run.id, 'trained').finishedAt).not.toBeNull()
    expect(() => setRunState(db, run.id, 'training')).toThrow(expect.objectContaining({ code: 'run-state' }))
  })

  it('counts how often it was resumed after an interruption, and not its pauses', async () => {
    const { db, run } = await training()
    const failure = { code: 'engine-crashed', params: { code: 7 } }
    setRunState(db, run.id, 'training')
    setRunState(db, run.id, 'paused')
    expect(setRunState(db, run.id, 'training').resumedCount).toBe(0)
    expect(setRunState(db, run.id, 'interrupted', failure).failure).toEqual(failure)
    expect(setRunState(db, run.id, 'training')).toMatchObject({ resumedCount: 1, failure: null })
  })

  it('keeps its progress, result and calibration', async () => {
    const { db, run } = await training()
    updateProgress(db, run.id, { stepsDone: 40, seconds: 12.5, losses: { critic: -1.5 } })
    setRunResult(db, run.id, { weightsSha256: 'abc' })
    setCalibration(db, run.id, { izif: [0.1, 0.2] })
    expect(findRun(db, run.id)).toMatchObject({
      stepsDone: 40,
      stepsTotal: 100,
      seconds: 12.5,
      losses: { critic: -1.5 },
      result: { weightsSha256: 'abc' },
      calibration: { izif: [0.1, 0.2] },
    })
  })

  it('is listed newest first, by dataset and state', async () => {
    const { db, run, values } = await training()
    const second = createRun(db, values)
    setRunState(db, run.id, 'training')
    expect(listRuns(db).map(({ id }) => id)).toEqual([second.id, run.id])
    expect(listRuns(db, { state: 'training' }).map(({ id }) => id)).toEqual([run.id])
    expect(listRuns(db, { datasetId: 'other' })).toEqual([])
  })
})

describe('training curves', () => {
  it('replace the points of steps that a resumed run repeats', async () => {
    const { db, run } = await training()
    const point = (step: number, value: number) => ({ phase: 'gan', name: 'critic', step, value })
    addMetrics(db, run.id, [point(1, 0.5), point(2, 0.4)])
    addMetrics(db, run.id, [point(2, 0.3), point(3, 0.2)])
    expect(metricsOf(db, run.id)).toEqual([point(1, 0.5), point(2, 0.3), point(3, 0.2)])
    expect(metricsOf(db, run.id, 2)).toEqual([point(3, 0.2)])
  })
})
