import { expect, it } from 'vitest'
import { namedRows } from '../../../../src/main/features/audit/named-rows.ts'
import { listAudit, recordAudit } from '../../../../src/main/store/audit.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { stockedWorkspace } from '../../store/stocked-workspace.ts'

it('names the file of a part and the run, and leaves what the hash is made of', async () => {
  const {
    workspace: { db },
    dataset,
    images,
  } = await stockedWorkspace(2, (i) => ({ file: `ng/${i}.png` }))
  const run = queuedRun(db, dataset.id)
  const detail = { decision: 1, is: 'reject', defectType: null, note: null, score: null, role: 'first' }
  recordAudit(db, { action: 'decision.made', run: run.id, image: elementAt(images, 1, 'images'), detail })
  recordAudit(db, { action: 'decision.made', run: 'of before', image: 4711, detail })
  const entries = listAudit(db, { action: 'decision' })
  const named = namedRows(db, entries)
  expect(named.map(({ file, runName }) => [file, runName])).toEqual([
    [null, null],
    ['ng/1.png', 'fanogan · smoke · 1 · parts'],
  ])
  expect(named.map(({ file: _, runName: __, ...entry }) => entry)).toEqual(entries)
})
