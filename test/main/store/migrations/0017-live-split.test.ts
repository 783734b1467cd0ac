import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'

function lineOfBefore() {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(
    db,
    migrations.filter(({ version }) => version < 17),
  )
  const sha = (digit: string): string => digit.repeat(64)
  db.script(`
    INSERT INTO dataset (id, name, created_at, layout, source)
      VALUES ('d', 'caps', 1, 'mvtec', '/caps'), ('l', 'live caps', 1, 'flat', '/camera');
    INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at)
      VALUES ('r', 'd', 'fanogan', 'smoke', 1, '{}', 'trained', 1);
    INSERT INTO import (id, dataset_id, source, layout, state, started_at)
      VALUES ('i', 'd', '/caps', 'mvtec', 'done', 1), ('j', 'l', '/camera', 'flat', 'cancelled', 1),
        ('k', 'l', '/more', 'flat', 'done', 1);
    INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
      VALUES ('w', '/camera', '/results', 'r', 'l', 1, 1);
  `)
  const rows: [id: number, dataset: string, source: string, split: string][] = [
    [1, 'd', 'i', 'train'],
    [2, 'd', 'i', 'validation'],
    [3, 'd', 'i', 'test'],
    [4, 'l', 'j', 'test'],
    [5, 'l', 'j', 'train'],
    [6, 'l', 'k', 'test'],
  ]
  for (const [id, dataset, source, split] of rows) {
    const values = { id, dataset, source, split, sha: sha(String(id)) }
    db.run(`INSERT INTO blob (sha256, format, bytes, stored_at) VALUES ($sha, 'png', 1, 1)`, {
      sha: values.sha,
    })
    db.run(
      `INSERT INTO image (id, dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label,
         import_id, imported_at)
       VALUES ($id, $dataset, $sha, $id || '.png', 8, 8, 1, 8, 255, $split, 'unlabeled', $source, 1)`,
      values,
    )
    if (dataset === 'l')
      db.run(
        `INSERT INTO live_part (watch_id, file, bytes, modified_at, image_id, arrived_at)
         VALUES ('w', $id || '.png', 1, 1, $id, 1)`,
        { id },
      )
  }
  db.run(`UPDATE dataset SET validation_frozen_at = 1 WHERE id = 'd'`, {})
  return db
}

const splitsOf = (db: ReturnType<typeof lineOfBefore>) =>
  db.all(z.object({ split: z.string() }), 'SELECT split FROM image ORDER BY id').map(({ split }) => split)

it('parts of a line are live parts; what a person moved or imported stays, and no row is lost', () => {
  const db = lineOfBefore()
  migrate(db, migrations)
  expect(splitsOf(db)).toEqual(['train', 'validation', 'test', 'live', 'train', 'test'])
  const linked = db.get(
    z.object({ n: z.int() }),
    'SELECT count(*) AS n FROM live_part JOIN image ON image.id = image_id',
  )
  expect(linked).toEqual({ n: 3 })
  expect(db.pragma('foreign_key_check')).toEqual([])
  expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
  db.close()
})

it('the frozen validation set is guarded as before, and a split that is none is refused', () => {
  const db = lineOfBefore()
  migrate(db, migrations)
  expect(() => db.run(`UPDATE image SET split = 'live' WHERE id = 2`, {})).toThrow(
    'the validation set is frozen',
  )
  expect(() => db.run(`UPDATE image SET split = 'validation' WHERE id = 1`, {})).toThrow('frozen')
  expect(() => db.run(`UPDATE image SET split = 'lively' WHERE id = 1`, {})).toThrow('CHECK')
  db.close()
})
