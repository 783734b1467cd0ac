import { describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/main/store/audit.ts'
import { checkAudit } from '../../../src/main/store/audit-check.ts'
import {
  acceptUndecided,
  decide,
  decisionsOn,
  newestBatch,
  standingDecision,
  undoBatch,
  undoDecision,
} from '../../../src/main/store/decisions.ts'
import { findOrMakeOperator, listOperators } from '../../../src/main/store/operators.ts'
import { saveScores } from '../../../src/main/store/scores.ts'
import { plainScore } from './plain-score.ts'
import { queuedRun } from './queued-run.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

async function reviewing() {
  const { workspace, dataset, images } = await stockedWorkspace(2)
  const { db } = workspace
  const run = queuedRun(db, dataset.id)
  const [imageId = 0, otherId = 0] = images
  const operator = findOrMakeOperator(db, 'Wang Li')
  return { db, runId: run.id, imageId, otherId, operatorId: operator.id }
}

describe('a decision', () => {
  it('keeps the score that the operator saw', async () => {
    const { db, runId, imageId, operatorId } = await reviewing()
    saveScores(db, runId, ['residual'], [plainScore(imageId, 0.75, { calibrated: 99 })])
    const decision = decide(db, { runId, imageId, operatorId, decision: 'reject', defectType: 'crack' })
    expect(decision).toMatchObject({ score: 0.75, decision: 'reject', defectType: 'crack', undoneAt: null })
    expect(standingDecision(db, imageId)).toEqual(decision)
  })

  it('gives way to a newer one, and stands again when that is undone', async () => {
    const { db, runId, imageId, operatorId } = await reviewing()
    const first = decide(db, { runId, imageId, operatorId, decision: 'reject' })
    decide(db, { runId, imageId, operatorId, decision: 'accept' })
    const undone = undoDecision(db, { runId, operatorId })
    expect(undone).toMatchObject({ decision: 'accept', undoneBy: operatorId })
    expect(standingDecision(db, imageId)).toEqual(first)
    expect(decisionsOn(db, imageId)).toEqual([first, undone])
  })

  it('is undone by its own operator only, newest first, until none is left', async () => {
    const { db, runId, imageId, otherId, operatorId } = await reviewing()
    const other = findOrMakeOperator(db, 'Meier')
    decide(db, { runId, imageId, operatorId, decision: 'accept' })
    decide(db, { runId, imageId: otherId, operatorId, decision: 'reject' })
    decide(db, { runId, imageId: otherId, operatorId: other.id, decision: 'unsure' })
    expect(undoDecision(db, { runId, operatorId })?.imageId).toBe(otherId)
    expect(undoDecision(db, { runId, operatorId })?.imageId).toBe(imageId)
    expect(undoDecision(db, { runId, operatorId })).toBeNull()
    expect(standingDecision(db, otherId)?.operatorId).toBe(other.id)
  })

  it('can be neither changed nor deleted', async () => {
    const { db, runId, imageId, operatorId } = await reviewing()
    const { id } = decide(db, { runId, imageId, operatorId, decision: 'reject' })
    expect(() => db.run(`UPDATE decision SET decision = 'accept' WHERE id = $id`, { id })).toThrow(
      /only be undone/,
    )
    expect(() => db.run('DELETE FROM decision WHERE id = $id', { id })).toThrow(/never deleted/)
    undoDecision(db, { runId, operatorId })
    expect(() =>
      db.run('UPDATE decision SET undone_at = NULL, undone_by = NULL WHERE id = $id', { id }),
    ).toThrow()
  })

  it('names an image or a run that does not exist', async () => {
    const { db, runId, imageId, operatorId } = await reviewing()
    const decision = 'accept'
    expect(() => decide(db, { runId, imageId: 999, operatorId, decision })).toThrow(/no image 999/)
    expect(() => decide(db, { runId: 'none', imageId, operatorId, decision })).toThrow(/no run "none"/)
  })
})

describe('operators', () => {
  it('are the same person in upper and lower case', async () => {
    const { db } = await reviewing()
    expect(findOrMakeOperator(db, ' wang li ')).toEqual(findOrMakeOperator(db, 'Wang Li'))
    expect(listOperators(db)).toHaveLength(1)
  })

  it('have a name', async () => {
    const { db } = await reviewing()
    expect(() => findOrMakeOperator(db, '   ')).toThrow(/cannot be the name/)
  })
})

describe('the rest of a queue', () => {
  async function scored() {
    const stock = await reviewing()
    const { db, runId, imageId, otherId } = stock
    const scores = [imageId, otherId].map((id, i) => plainScore(id, 0.25 + i / 2))
    saveScores(db, runId, ['residual'], scores)
    return stock
  }

  it('is accepted with the score of each part, and told of in one row of the audit', async () => {
    const { db, runId, imageId, otherId, operatorId } = await scored()
    expect(acceptUndecided(db, { runId, operatorId })).toHaveLength(2)
    expect(standingDecision(db, imageId)).toMatchObject({ decision: 'accept', score: 0.25, operatorId })
    expect(standingDecision(db, otherId)).toMatchObject({ decision: 'accept', score: 0.75, operatorId })
    const [told, ...others] = listAudit(db, { action: 'decision.made' })
    expect(told).toMatchObject({ operator: 'Wang Li', run: runId, detail: { count: 2, images: '1-2' } })
    expect(others).toEqual([])
  })

  it('leaves what was decided as it is, also when all of it is taken back', async () => {
    const { db, runId, imageId, otherId, operatorId } = await scored()
    const kept = decide(db, { runId, imageId, operatorId, decision: 'reject' })
    expect(newestBatch(db, { runId, operatorId })).toBeNull()
    expect(acceptUndecided(db, { runId, operatorId })).toEqual([otherId])
    const batchId = newestBatch(db, { runId, operatorId })
    if (batchId === null) throw new RangeError('no batch')
    expect(undoBatch(db, { batchId, operatorId })).toMatchObject({ undone: { imageId: otherId }, count: 1 })
    expect(undoBatch(db, { batchId, operatorId })).toBeNull()
    expect(standingDecision(db, imageId)).toEqual(kept)
    expect(standingDecision(db, otherId)).toBeUndefined()
    expect((await checkAudit(db)).breaks).toEqual([])
  })
})
