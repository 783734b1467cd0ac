import { describe, expect, it } from 'vitest'
import { decide, decisionsOn, standingDecision, undoDecision } from '../../../src/main/store/decisions.ts'
import { listOperators, signIn } from '../../../src/main/store/operators.ts'
import { createRun } from '../../../src/main/store/runs.ts'
import { saveScores } from '../../../src/main/store/scores.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

async function reviewing() {
  const { workspace, dataset, images } = await stockedWorkspace(2)
  const { db } = workspace
  const run = createRun(db, {
    datasetId: dataset.id,
    model: 'fanogan',
    preset: 'smoke',
    seed: 1,
    config: {},
    stepsTotal: 1,
  })
  const [imageId = 0, otherId = 0] = images
  const operator = signIn(db, 'Wang Li')
  return { db, runId: run.id, imageId, otherId, operatorId: operator.id }
}

describe('a decision', () => {
  it('keeps the score that the operator saw', async () => {
    const { db, runId, imageId, operatorId } = await reviewing()
    saveScores(
      db,
      runId,
      ['residual'],
      [
        {
          imageId,
          score: 0.75,
          calibrated: 99,
          tiles: 1,
          components: Float32Array.of(0.75),
          mapFile: null,
          mapScale: null,
          mapWidth: null,
          mapHeight: null,
          reconstructionFile: null,
          warnings: [],
        },
      ],
    )
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
    const other = signIn(db, 'Meier')
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
    expect(signIn(db, ' wang li ')).toEqual(signIn(db, 'Wang Li'))
    expect(listOperators(db)).toHaveLength(1)
  })

  it('have a name', async () => {
    const { db } = await reviewing()
    expect(() => signIn(db, '   ')).toThrow(/cannot be the name/)
  })
})
