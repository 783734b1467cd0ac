import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { applicationId, migrate } from '../../../../src/main/store/migrate.ts'
import { workspace } from '../../../../src/main/store/migrations/0001-workspace.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'

const migrated = () => {
  const db = openDatabase(':memory:')
  migrate(db, [workspace])
  return db
}

describe('migration 1', () => {
  it('makes every table strict', () => {
    const tables = migrated().all(
      z.object({ name: z.string(), strict: z.int() }),
      `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    )
    expect(tables.map(({ name }) => name)).toEqual([
      'blob',
      'dataset',
      'decision',
      'image',
      'import',
      'job',
      'operator',
      'run',
      'run_metric',
      'score',
      'setting',
    ])
    expect(tables.every(({ strict }) => strict === 1)).toBe(true)
  })

  it('marks the file as a workspace of version 1', () => {
    const db = migrated()
    expect(db.pragma('user_version')).toEqual([{ user_version: 1 }])
    expect(db.pragma('application_id')).toEqual([{ application_id: applicationId }])
  })

  it('is not applied twice', () => {
    const db = migrated()
    expect(() => migrate(db, [workspace])).not.toThrow()
  })

  it('refuses values that the domain does not know', () => {
    const db = migrated()
    const dataset = `INSERT INTO dataset (id, name, created_at, layout, source) VALUES ('a', 'a', 0, $layout, '')`
    expect(() => db.run(dataset, { layout: 'spiral' })).toThrow(/CHECK/)
    expect(() => db.run(dataset, { layout: 'flat' })).not.toThrow()
    expect(() => db.run(dataset.replace(`'a', 'a'`, `'b', 'A'`), { layout: 'flat' })).toThrow(/UNIQUE/)
  })

  it('refuses an image without its dataset', () => {
    const db = migrated()
    expect(() =>
      db.run(
        `INSERT INTO image (dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label,
           import_id, imported_at) VALUES ('none', 'none', 'a', 1, 1, 1, 8, 0, 'test', 'normal', 'none', 0)`,
      ),
    ).toThrow(/FOREIGN KEY/)
  })
})

describe('the list of migrations', () => {
  it('is numbered from 1 without a gap', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
  })
})
