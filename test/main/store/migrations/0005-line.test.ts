import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const upTo = (version: number) => migrations.filter((migration) => migration.version <= version)

it('a part that was judged before it keeps the run that its watch had, and a watch the model that was in use', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(db, upTo(4))
  db.script(`
    INSERT INTO dataset (id, name, created_at, layout, source) VALUES ('d', 'parts', 1, 'mvtec', '/parts');
    INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at)
      VALUES ('r', 'd', 'fanogan', 'smoke', 1, '{}', 'trained', 1);
    INSERT INTO model_use (dataset_id, run_id, action, since) VALUES ('d', 'r', 'promote', 1);
    INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
      VALUES ('w', '/camera', '/results', 'r', 'd', 1, 1);
    INSERT INTO live_part (watch_id, file, bytes, modified_at, arrived_at, verdict, judged_at)
      VALUES ('w', '1.png', 1, 1, 1, 'good', 2);
    INSERT INTO live_part (watch_id, file, bytes, modified_at, arrived_at) VALUES ('w', '2.png', 1, 1, 1);
  `)
  migrate(db, upTo(5))
  const parts = db.all(
    z.object({ run: z.string().nullable() }),
    'SELECT run_id AS run FROM live_part ORDER BY id',
  )
  expect(parts).toEqual([{ run: 'r' }, { run: null }])
  expect(db.get(z.object({ use: z.int() }), 'SELECT model_use_id AS use FROM live_watch')).toEqual({ use: 1 })
  db.close()
})
