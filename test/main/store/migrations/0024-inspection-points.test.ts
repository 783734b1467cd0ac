import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { listPoints } from '../../../../src/main/store/inspection-points.ts'
import { addPart, beginWatch, newestWatch } from '../../../../src/main/store/live.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { addResult, resultsAfter } from '../../../../src/main/store/results.ts'
import { queuedRun } from '../queued-run.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('makes what was watched before the first inspection point', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  onTestFinished(() => db.close())
  migrate(
    db,
    migrations.filter(({ version }) => version < 24),
  )
  const { id: datasetId } = createDataset(db, { name: 'line', layout: 'flat', source: '/p' })
  const { id: runId } = queuedRun(db, datasetId)
  db.run(
    `INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
     VALUES ('w', '/p', '/r', $runId, $datasetId, 1, 5)`,
    { runId, datasetId },
  )
  migrate(db, migrations)
  expect(listPoints(db)).toEqual([{ name: 'line', mostWaiting: 1000, views: null }])
  expect(newestWatch(db)).toMatchObject({ id: 'w', point: 'line', folder: '/p', active: true })
  const part = addPart(db, 'w', { file: 'a.png', bytes: 1, modifiedAt: 1 })
  addResult(db, { ...part, verdict: 'good' })
  expect(resultsAfter(db, 'line', 0, 5).map(({ document }) => document.point)).toEqual(['line'])
  const again = beginWatch(db, { folder: '/p', resultFolder: '/r', runId, datasetId }, null)
  expect(again.id).toBe('w')
})
