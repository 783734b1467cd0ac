/** Renaming, deleting and putting back, through the real command line. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDataset, findDataset } from '../../../src/main/store/datasets.ts'
import { createRun, findRun } from '../../../src/main/store/runs.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { sharedFolder } from '../store/temporary-folder.ts'
import { fanoscope } from './fanoscope.ts'

const workspace = join(sharedFolder(), 'workspace')
const answer = async (line: string[], code = 0): Promise<unknown> => {
  const finished = await fanoscope([...line, '--workspace', workspace, '--json'])
  expect([finished.code, finished.stderr]).toEqual([code, finished.stderr])
  return finished.document()
}

it('renames a dataset, notes something about its run, deletes both and puts them back', async () => {
  const made = openWorkspace(workspace, { create: true })
  const { id } = createDataset(made.db, { name: 'parts', layout: 'flat', source: '/photographs' })
  const wanted = { model: 'fanogan', preset: 'smoke', seed: 1, config: {}, stepsTotal: 10 }
  const run = createRun(made.db, { datasetId: id, ...wanted }).id
  made.close()

  await answer(['rename', '--dataset', 'parts', '--to', 'line 7'])
  await answer(['note', run, '--text', 'new lamp', '--tag', 'lamp'])
  expect(await answer(['remove', '--dataset', 'line 7', '--dry-run'])).toMatchObject({
    runs: 1,
    removed: false,
  })
  await answer(['remove', '--dataset', 'line 7', '--operator', 'Li Na'])
  expect(await answer(['removed'])).toMatchObject([{ kind: 'dataset', id, name: 'line 7', by: 'Li Na' }])
  await answer(['removed', '--put-back', id])

  const after = openWorkspace(workspace)
  expect(findDataset(after.db, 'line 7').id).toBe(id)
  expect(findRun(after.db, run)).toMatchObject({ note: 'new lamp', tags: ['lamp'] })
  after.close()
})
