import { expect, it } from 'vitest'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { queuedRun } from '../queued-run.ts'
import { stockedWorkspace } from '../stocked-workspace.ts'

it('keeps one digest of each file of a run, which goes with the run; runs of before have none', async () => {
  const { workspace, dataset } = await stockedWorkspace(1)
  const { db } = workspace
  const { id } = queuedRun(db, dataset.id)
  const insert = (run: string, sha256: string) => () =>
    db.run("INSERT INTO run_file VALUES ($run, 'images.json', $sha256)", { run, sha256 })
  expect(insert(id, 'short')).toThrow(/CHECK/)
  expect(insert('nobody', '0'.repeat(64))).toThrow(/FOREIGN KEY/)
  expect((await verifyWorkspace(workspace)).problems).toEqual([])
  insert(id, '0'.repeat(64))()
  expect(insert(id, '1'.repeat(64))).toThrow(/UNIQUE/)
})
