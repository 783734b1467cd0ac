import { expect, it } from 'vitest'
import { dependentsOf } from '../../../../src/main/features/removal/removing.ts'
import { recordModelUse } from '../../../../src/main/store/model-uses.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { stockedWorkspace } from '../../store/stocked-workspace.ts'

it('names the model in use that could no longer be rolled back once a run is deleted', async () => {
  const {
    workspace: { db },
    dataset,
  } = await stockedWorkspace()
  const run = (seed: number): string => {
    const { id } = queuedRun(db, dataset.id, { seed, stepsTotal: 0 })
    return id
  }
  const [first, second, never] = [run(1), run(2), run(3)]
  const use = (runId: string, action: 'promote' | 'rollback'): void => {
    const by = { datasetId: dataset.id, operatorId: null, reason: null, gate: null }
    recordModelUse(db, { ...by, runId, action })
  }
  db.run("UPDATE run SET state = 'trained'", {})
  use(first, 'promote')
  use(second, 'promote')
  const named = (id: string): string | null => dependentsOf(db, 'run', id).rollbackOf
  expect(named(first)).toContain('fanogan · smoke · 2')
  expect(named(never)).toBeNull()
  // After the rollback there is nothing to go back to.
  use(first, 'rollback')
  expect(named(second)).toBeNull()
  expect(dependentsOf(db, 'dataset', 'parts').rollbackOf).toBeNull()
})
