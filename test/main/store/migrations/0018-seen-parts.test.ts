import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { countUnseen } from '../../../../src/main/store/live-seen.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'

it('parts that were flagged before it do not wait; those that are flagged after it do', () => {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(
    db,
    migrations.filter(({ version }) => version < 18),
  )
  const flag = (file: string): string => `
    INSERT INTO live_part (watch_id, file, bytes, modified_at, arrived_at, verdict, judged_at)
      VALUES ('w', '${file}', 1, 1, 1, 'flagged', 2);`
  db.script(`
    INSERT INTO dataset (id, name, created_at, layout, source) VALUES ('d', 'parts', 1, 'mvtec', '/parts');
    INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at)
      VALUES ('r', 'd', 'fanogan', 'smoke', 1, '{}', 'trained', 1);
    INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
      VALUES ('w', '/camera', '/results', 'r', 'd', 1, 1);
    ${flag('1.png')}`)
  migrate(db, migrations)
  expect(countUnseen(db)).toBe(0)
  db.script(flag('2.png'))
  expect(countUnseen(db)).toBe(1)
  db.close()
})
