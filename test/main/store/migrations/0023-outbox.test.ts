import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { addPart } from '../../../../src/main/store/live.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { addResult, newestNumber } from '../../../../src/main/store/results.ts'
import { queuedRun } from '../queued-run.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('tells nothing of parts that were judged before, and begins with number 1', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  onTestFinished(() => db.close())
  migrate(
    db,
    migrations.filter(({ version }) => version < 23),
  )
  const { id: datasetId } = createDataset(db, { name: 'line', layout: 'flat', source: '/p' })
  const { id: runId } = queuedRun(db, datasetId)
  db.run(
    `INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
     VALUES ('w', '/p', '/r', $runId, $datasetId, 1, 5)`,
    { runId, datasetId },
  )
  db.script(
    `INSERT INTO live_part (watch_id, file, bytes, modified_at, arrived_at, verdict, judged_at)
     VALUES ('w', 'a.png', 1, 1, 1, 'good', 1)`,
  )
  migrate(db, migrations)
  expect(newestNumber(db)).toBe(0)
  const next = addPart(db, 'w', { file: 'b.png', bytes: 1, modifiedAt: 2 })
  addResult(db, { ...next, verdict: 'good' })
  expect(newestNumber(db)).toBe(1)
})
