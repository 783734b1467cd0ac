import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decide } from '../../../src/main/store/decisions.ts'
import { removeImage } from '../../../src/main/store/images.ts'
import { findOrMakeOperator } from '../../../src/main/store/operators.ts'
import { findRun } from '../../../src/main/store/runs.ts'
import {
  componentsOf,
  countQueue,
  iterateScores,
  listQueue,
  type NewScore,
  queueQuery,
  saveScores,
  scoreOf,
  updateScores,
} from '../../../src/main/store/scores.ts'
import { plainScore } from './plain-score.ts'
import { queuedRun } from './queued-run.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

const names = ['residual', 'feature']

const scored = (imageId: number, score: number, values: Partial<NewScore> = {}): NewScore =>
  plainScore(imageId, score, {
    components: Float32Array.of(score, 0.5),
    mapFile: `runs/a/maps/${imageId}.png`,
    mapScale: 0.25,
    mapWidth: 16,
    mapHeight: 16,
    ...values,
  })

async function scoring() {
  const { workspace, dataset, images } = await stockedWorkspace(4, (i) => ({
    split: i < 3 ? 'test' : 'validation',
    label: i % 2 ? 'anomalous' : 'normal',
    defectType: i % 2 ? 'dent' : null,
  }))
  const { db } = workspace
  const run = queuedRun(db, dataset.id)
  const [a = 0, b = 0, c = 0, d = 0] = images
  return { db, runId: run.id, a, b, c, d }
}

describe('scores', () => {
  it('keep every component of every tile, bit for bit', async () => {
    const { db, runId, a } = await scoring()
    const components = Float32Array.of(0.1, -2.5, 1e-30, 3.4e38, 0, 7)
    saveScores(db, runId, names, [scored(a, 1, { tiles: 3, components })])
    expect(componentsOf(db, runId, a)).toEqual({ tiles: 3, components })
    expect(findRun(db, runId).components).toEqual(names)
  })

  it('are replaced when an image is scored again', async () => {
    const { db, runId, a } = await scoring()
    saveScores(db, runId, names, [scored(a, 1)])
    saveScores(db, runId, names, [scored(a, 2, { mapFile: null, mapScale: null })])
    expect(scoreOf(db, runId, a)).toMatchObject({ score: 2, mapFile: null })
  })

  it('of one run have the same components', async () => {
    const { db, runId, a } = await scoring()
    saveScores(db, runId, names, [scored(a, 1)])
    expect(() => saveScores(db, runId, ['residual', 'latent'], [scored(a, 1)])).toThrow(/residual, feature/)
  })

  it('are all stored or none of them', async () => {
    const { db, runId, a, b } = await scoring()
    const wrong = scored(b, 2, { components: Float32Array.of(1) })
    expect(() => saveScores(db, runId, names, [scored(a, 1), wrong])).toThrow(RangeError)
    expect(scoreOf(db, runId, a)).toBeUndefined()
  })

  it('come with their ground truth for evaluation, without removed images', async () => {
    const { db, runId, a, b, c, d } = await scoring()
    saveScores(db, runId, names, [scored(a, 1), scored(b, 2), scored(c, 3), scored(d, 4)])
    removeImage(db, c)
    const rows = [...iterateScores(db, runId, { split: 'test' })]
    expect(rows.map(({ imageId, label, defectType }) => [imageId, label, defectType])).toEqual([
      [a, 'normal', null],
      [b, 'anomalous', 'dent'],
    ])
  })

  it('can be recomputed without scoring again', async () => {
    const { db, runId, a, b } = await scoring()
    saveScores(db, runId, names, [scored(a, 1), scored(b, 2)])
    updateScores(db, runId, [
      { imageId: a, score: 9, calibrated: 100 },
      { imageId: b, score: 8, calibrated: null },
    ])
    expect(listQueue(db, { runId }).map(({ score, calibrated }) => [score, calibrated])).toEqual([
      [9, 100],
      [8, null],
    ])
  })
})

describe('the review queue', () => {
  it('begins with the highest score, or the lowest, or follows the file names, or with what came last', async () => {
    const { db, runId, a, b, c } = await scoring()
    saveScores(db, runId, names, [scored(a, 2), scored(b, 3), scored(c, 1)])
    const order = (by: 'score' | 'score-ascending' | 'file' | 'time') =>
      listQueue(db, { runId }, { order: by }).map(({ imageId }) => imageId)
    expect(order('score')).toEqual([b, a, c])
    expect(order('score-ascending')).toEqual([c, a, b])
    expect(order('file')).toEqual([a, b, c])
    expect(order('time')).toEqual([c, b, a])
  })

  it('shows the decision that stands on each image, by whichever run it was taken', async () => {
    const { db, runId, a, b } = await scoring()
    saveScores(db, runId, names, [scored(a, 2), scored(b, 1)])
    const operator = findOrMakeOperator(db, 'Wang Li')
    const decision = decide(db, { runId: null, imageId: a, operatorId: operator.id, decision: 'reject' })
    expect(listQueue(db, { runId }).map((row) => row.decision)).toEqual([decision, null])
  })

  it('can leave out what is decided, and counts', async () => {
    const { db, runId, a, b, c, d } = await scoring()
    saveScores(db, runId, names, [scored(a, 4), scored(b, 3), scored(c, 2), scored(d, 1)])
    const { id: operatorId } = findOrMakeOperator(db, 'Wang Li')
    decide(db, { runId, imageId: a, operatorId, decision: 'reject' })
    decide(db, { runId, imageId: b, operatorId, decision: 'accept' })
    expect(listQueue(db, { runId, undecided: true }).map(({ imageId }) => imageId)).toEqual([c, d])
    expect(countQueue(db, { runId })).toEqual({ total: 4, decided: 2, accepted: 1, rejected: 1 })
    expect(countQueue(db, { runId, split: 'validation' }).total).toBe(1)
    expect(countQueue(db, { runId, undecided: true }).total).toBe(2)
  })

  it('comes in pages', async () => {
    const { db, runId, a, b, c } = await scoring()
    saveScores(db, runId, names, [scored(a, 3), scored(b, 2), scored(c, 1)])
    const page = listQueue(db, { runId }, { offset: 1, limit: 1 })
    expect(page).toMatchObject([{ imageId: b, hasMap: true, hasMask: false, mapScale: 0.25, tiles: 1 }])
  })

  it('reads its first page from the index, however long it is', async () => {
    const { db, runId } = await scoring()
    for (const filter of [{ runId }, { runId, split: 'test', undecided: true }] as const) {
      const { sql, values } = queueQuery(filter, { limit: 100 })
      const steps = db.all(z.object({ detail: z.string() }), `EXPLAIN QUERY PLAN ${sql}`, values)
      const plan = steps.map(({ detail }) => detail).join('; ')
      expect(plan).toContain('score_queue')
      expect(plan).not.toContain('TEMP B-TREE')
    }
  })
})
