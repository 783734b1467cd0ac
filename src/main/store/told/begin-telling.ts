/**
 * Where the audit begins to tell of the rows of a workspace that has some already: it says how many there are, so that
 * a row that is added beside it later is one too many.
 */
import { z } from 'zod'
import type { Database } from '../database.ts'
import { countRow } from '../row.ts'
import { type ToldTable, toldTables } from './told-tables.ts'

export const beginSchema = z.strictObject({
  /** How many rows each table has. */
  rows: z.record(z.string(), z.int()),
  /** The highest number of a row, of tables that number their rows. */
  last: z.record(z.string(), z.int()),
})
export type Begin = z.infer<typeof beginSchema>

/** Left by migration 21. */
const mark = "of_table = '' AND part = 'begin'"

const hasUntold = (db: Database): boolean =>
  db.get(z.object({}), "SELECT 1 FROM main.sqlite_schema WHERE name = 'untold'") !== undefined

/** @param record adds the row of the audit with this detail */
export function beginTelling(db: Database, record: (detail: Begin) => void): void {
  if (!hasUntold(db) || db.get(z.object({}), `SELECT 1 FROM untold WHERE ${mark}`) === undefined) return
  db.transaction(() => {
    record(present(db))
    db.run(`DELETE FROM untold WHERE ${mark}`)
  })
}

function present(db: Database): Begin {
  const begin: Begin = { rows: {}, last: {} }
  for (const table of toldTables) {
    begin.rows[table.name] = db.get(countRow, `SELECT count(*) AS n FROM "${table.name}"`)?.n ?? 0
    if (isNumbered(table)) {
      const last = db.get(z.object({ id: z.int().nullable() }), `SELECT max(id) AS id FROM "${table.name}"`)
      begin.last[table.name] = last?.id ?? 0
    }
  }
  return begin
}

/** Of these, SQLite gives each row the next number, and none twice. */
const numbered = new Set([
  'image',
  'operator',
  'decision_batch',
  'decision',
  'operating_point',
  'operating_point_use',
  'model_use',
  'type_change',
])
const isNumbered = ({ name }: ToldTable): boolean => numbered.has(name)
