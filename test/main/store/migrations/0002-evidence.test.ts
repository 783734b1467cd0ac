import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../../../src/main/store/database.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { workspace } from '../../../../src/main/store/migrations/0001-workspace.ts'
import { evidence } from '../../../../src/main/store/migrations/0002-evidence.ts'

function migrated() {
  const db = openDatabase(':memory:')
  migrate(db, [workspace, evidence])
  db.script(`
    INSERT INTO dataset (id, name, created_at, layout, source) VALUES ('d', 'parts', 0, 'flat', '');
    INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at)
      VALUES ('r', 'd', 'fanogan', 'smoke', 1, '{}', 'trained', 0);
    INSERT INTO operator (name, created_at) VALUES ('Li Na', 0);
    INSERT INTO operating_point (run_id, name, version, score, k, reduction, threshold, validation, figures,
      operator_id, reason, created_at) VALUES ('r', 'line', 1, 'izif', 1, 'max', 0.5, '{}', '{}', 1, 'first', 0);
    INSERT INTO operating_point_use (run_id, point_id, operator_id, reason, used_at) VALUES ('r', 1, 1, 'first', 0);
  `)
  return db
}

describe('migration 2', () => {
  it('makes every table strict', () => {
    const tables = migrated().all(
      z.object({ name: z.string(), strict: z.int() }),
      `SELECT name, strict FROM pragma_table_list WHERE name IN
         ('audit', 'operating_point', 'operating_point_use', 'region_profile') ORDER BY name`,
    )
    expect(tables).toHaveLength(4)
    expect(tables.every(({ strict }) => strict === 1)).toBe(true)
  })

  it.each([
    ['an operating point', 'UPDATE operating_point SET threshold = 1'],
    ['an operating point', 'DELETE FROM operating_point'],
    ['the history of operating points', "UPDATE operating_point_use SET reason = 'another'"],
    ['the history of operating points', 'DELETE FROM operating_point_use'],
  ])('refuses to change %s: %s', (what, sql) => {
    expect(() => migrated().run(sql)).toThrow(new RegExp(`${what} is never`))
  })

  it('refuses a second version with the number of one that is there', () => {
    const db = migrated()
    const copy = `INSERT INTO operating_point (run_id, name, version, score, k, reduction, threshold, validation,
      figures, operator_id, reason, created_at) SELECT run_id, 'LINE', version, score, k, reduction, threshold,
      validation, figures, operator_id, reason, created_at FROM operating_point`
    expect(() => db.run(copy)).toThrow(/UNIQUE/)
  })

  it('takes an area only together with a strength', () => {
    const db = migrated()
    const point = `INSERT INTO operating_point (run_id, name, version, score, k, reduction, threshold, least_area,
      validation, figures, operator_id, reason, created_at)
      VALUES ('r', 'line', 2, 'izif', 1, 'max', 0.5, 4, '{}', '{}', 1, '', 0)`
    expect(() => db.run(point)).toThrow(/CHECK/)
  })
})
