import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { findJob } from '../../../../src/main/store/jobs.ts'
import { newestWatch } from '../../../../src/main/store/live.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { failureOf } from '../../../../src/shared/failure.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const upTo = (version: number) => migrations.filter((migration) => migration.version <= version)

/** As version 6 stored it. */
const before = { code: 'disk-full', message: 'The disk is full: it’s "over".', remedy: 'Free some space.' }
const after = { code: 'recorded-before', params: before }

it('a failure that was stored in words keeps them, with its code', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(db, upTo(6))
  db.script(`
    INSERT INTO dataset (id, name, created_at, layout, source) VALUES ('d', 'parts', 1, 'mvtec', '/parts');
    INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at)
      VALUES ('good', 'd', 'fanogan', 'smoke', 1, '{}', 'trained', 1),
             ('bad', 'd', 'fanogan', 'smoke', 2, '{}', 'failed', 1);
    INSERT INTO job (id, kind, state, payload, created_at) VALUES ('done', 'verify', 'done', '{}', 1),
                                                                  ('failed', 'train', 'failed', '{}', 1);
    INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
      VALUES ('w', '/camera', '/results', 'good', 'd', 1, 1);
  `)
  const stored = { failure: JSON.stringify(before) }
  db.run(`UPDATE run SET failure = $failure WHERE id = 'bad'`, stored)
  db.run(`UPDATE job SET failure = $failure WHERE id = 'failed'`, stored)
  db.run('UPDATE live_watch SET refused = $refused', {
    refused: JSON.stringify({ run: 'bad', failure: before }),
  })
  migrate(db, migrations)
  expect([findRun(db, 'good').failure, findRun(db, 'bad').failure]).toEqual([null, after])
  expect([findJob(db, 'done').failure, findJob(db, 'failed').failure]).toEqual([null, after])
  expect(newestWatch(db)?.refused).toEqual({ run: 'bad', failure: after })
  const { message, remedy } = failureOf(after)
  expect([message, remedy]).toEqual([before.message, before.remedy])
  db.close()
})
