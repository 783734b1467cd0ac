/**
 * A checksum of each row, so that damage inside of a page, which SQLite cannot see, is found. Triggers of each
 * connection keep it: a change takes the row as it was read out of the sum and puts the new one in. A row that was
 * damaged before it was changed therefore stays known as damaged. This says nothing against somebody who means to
 * change rows: for that there is the audit.
 */
import { z } from 'zod'
import type { Database } from './database.ts'

/** Tables without sums: the audit has its own hashes. */
const without = new Set(['audit', 'row_sum'])

/** Of these tables, rows that belong together have one sum: by their first columns. */
const together: Readonly<Record<string, readonly string[]>> = {
  run_metric: ['run_id', 'phase', 'name'],
  dataset_version_image: ['version_id'],
}

interface Table {
  name: string
  columns: string[]
  /** The columns that say which sum a row is in. */
  part: readonly string[]
}

const columnRow = z.object({ name: z.string(), pk: z.int() })

function tablesOf(db: Database): Table[] {
  const names = db.all(
    z.object({ name: z.string() }),
    `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
  )
  return names.flatMap(({ name }) => {
    if (without.has(name)) return []
    const columns = z.array(columnRow).parse(db.pragma(`main.table_info("${name}")`))
    const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
    const part = together[name] ?? key.map((column) => column.name)
    return [{ name, columns: columns.map((column) => column.name), part }]
  })
}

const quoted = (columns: readonly string[], of = ''): string[] =>
  columns.map((column) => `${of === '' ? '' : `${of}.`}"${column}"`)
const partOf = ({ part }: Table, of = ''): string => quoted(part, of).join(` || ' ' || `)
const sumOf = ({ columns }: Table, of = ''): string => `row_sum_of(${quoted(columns, of).join(', ')})`

/** Puts a sum into, or takes it out of, the one that is stored: both are the same operation. */
const exchange = (table: Table, of: 'OLD' | 'NEW'): string =>
  `INSERT INTO row_sum (of_table, part, sum) VALUES ('${table.name}', ${partOf(table, of)}, ${sumOf(table, of)})
     ON CONFLICT (of_table, part) DO UPDATE SET sum = (sum | excluded.sum) - (sum & excluded.sum);`

function triggersOf(table: Table): string {
  const { name } = table
  const trigger = (when: string, acts: string): string =>
    `CREATE TEMP TRIGGER "sums_${name}_${when.toLowerCase()}" AFTER ${when} ON main."${name}" BEGIN ${acts} END;\n`
  return (
    trigger('INSERT', exchange(table, 'NEW')) +
    trigger('UPDATE', exchange(table, 'OLD') + exchange(table, 'NEW')) +
    trigger(
      'DELETE',
      `${exchange(table, 'OLD')} DELETE FROM row_sum WHERE of_table = '${name}' AND part = ${partOf(table, 'OLD')} AND sum = 0;`,
    )
  )
}

const hasSums = (db: Database): boolean =>
  db.get(z.object({}), `SELECT 1 FROM main.sqlite_schema WHERE name = 'row_sum'`) !== undefined

/** Lets this connection keep the sums of what it changes. To be called once the tables are as they will be. */
export function keepRowSums(db: Database): void {
  if (hasSums(db)) db.script(tablesOf(db).map(triggersOf).join(''))
}

/** Computes all sums anew: after a migration, which changes tables without triggers. */
export function rebuildRowSums(db: Database): void {
  if (!hasSums(db)) return
  db.run('DELETE FROM row_sum')
  for (const table of tablesOf(db)) {
    db.run(
      `INSERT INTO row_sum (of_table, part, sum)
       SELECT '${table.name}', ${partOf(table)}, ${sumOf(table)} FROM main."${table.name}" WHERE true
       ON CONFLICT (of_table, part) DO UPDATE SET sum = (sum | excluded.sum) - (sum & excluded.sum)`,
    )
  }
}

/** A row, or a few that have one sum, whose content is not what was written. */
export interface DamagedRow {
  table: string
  row: string
}

const foundRow = z.object({ part: z.string().nullable().catch(null), sum: z.number() })

/** Rows that are not as they were written, and rows that are missing. */
export function* damagedRows(db: Database): Generator<DamagedRow> {
  if (!hasSums(db)) return
  for (const table of tablesOf(db)) {
    const sums = new Map<string, number>()
    const rows = db.iterate(
      foundRow,
      `SELECT CAST(${partOf(table)} AS TEXT) AS part, ${sumOf(table)} AS sum FROM main."${table.name}"`,
    )
    for (const { part, sum } of rows) {
      const key = part ?? ''
      sums.set(key, ((sums.get(key) ?? 0) ^ sum) >>> 0)
    }
    const kept = db.iterate(foundRow, 'SELECT part, sum FROM row_sum WHERE of_table = $table', {
      table: table.name,
    })
    for (const { part, sum } of kept) {
      const key = part ?? ''
      if ((sums.get(key) ?? 0) !== sum) yield { table: table.name, row: key }
      sums.delete(key)
    }
    for (const [row, sum] of sums) if (sum !== 0) yield { table: table.name, row }
  }
}
