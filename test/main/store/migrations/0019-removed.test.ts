import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('leaves datasets and runs of before where they are, without note and tags', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  onTestFinished(() => db.close())
  migrate(
    db,
    migrations.filter(({ version }) => version < 19),
  )
  db.run(
    "INSERT INTO dataset (id, name, created_at, layout, source, has_direction) VALUES ('d', 'line', 1, 'flat', '/p', 0)",
  )
  db.run(
    `INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at, steps_total)
     VALUES ('r', 'd', 'fanogan', 'smoke', 1, '{}', 'queued', 1, 10)`,
  )
  migrate(db, migrations)
  expect(findDataset(db, 'line').id).toBe('d')
  expect(findRun(db, 'r')).toMatchObject({ note: '', tags: [], archivedAt: null })
})
