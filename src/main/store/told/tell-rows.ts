/**
 * Notes which rows a connection changes, and gives them to the rows of the audit. Triggers of the connection do, so that
 * nothing that Fanoscope stores can be left out. Only the columns that a statement changed are told: what somebody else
 * changed in the same row stays different from what the audit says.
 */
import { z } from 'zod'
import type { Database } from '../database.ts'
import { flag } from '../row.ts'
import { keyCells, keyText, type StoredRows, type ToldCell, toldCell, toldColumns } from './stored-rows.ts'
import { type ToldTable, toldTables } from './told-tables.ts'

/** The most rows that one row of the audit tells of. */
const rowsAtOnce = 500

/** Connections that note what they change. */
const telling = new WeakSet<Database>()

const names = (columns: readonly string[], of: 'OLD' | 'NEW'): string[] =>
  columns.map((column) => `${of}."${column}"`)
const keyOf = ({ key }: ToldTable, of: 'OLD' | 'NEW'): string => `json_array(${names(key, of).join(', ')})`

/** One bit for each column that was changed. */
function changedBits(table: ToldTable): string {
  const bits = toldColumns(table).map((column, i) => `((NEW."${column}" IS NOT OLD."${column}") << ${i})`)
  return bits.length === 0 ? '0' : bits.join(' | ')
}

/**
 * `how` says what became of a row since the last row of the audit: one that was added and deleted again was never
 * there, and one that was deleted and added again has changed.
 */
function triggersOf(table: ToldTable): string {
  const { name } = table
  const of = `'${name}'`
  const trigger = (what: string, when: string, acts: string): string =>
    `CREATE TEMP TRIGGER "told_${name}_${what}" AFTER ${when} BEGIN ${acts} END;\n`
  const added = trigger(
    'added',
    `INSERT ON main."${name}" WHEN ${table.addedIf ?? 'true'}`,
    `INSERT INTO temp_touched (of_table, part, how, bits) VALUES (${of}, ${keyOf(table, 'NEW')}, 'new', -1)
       ON CONFLICT (of_table, part) DO UPDATE SET how = 'changed', bits = -1;`,
  )
  const deleted = trigger(
    'deleted',
    `DELETE ON main."${name}"`,
    `INSERT INTO temp_touched (of_table, part, how, bits) VALUES (${of}, ${keyOf(table, 'OLD')}, 'gone', 0)
       ON CONFLICT (of_table, part) DO UPDATE SET how = iif(how = 'new', 'never', 'gone'), bits = 0;
     DELETE FROM temp_touched WHERE of_table = ${of} AND part = ${keyOf(table, 'OLD')} AND how = 'never';`,
  )
  const columns = toldColumns(table)
  if (columns.length === 0 || name === 'setting') return added + deleted
  const changed = trigger(
    'changed',
    `UPDATE OF ${columns.map((column) => `"${column}"`).join(', ')} ON main."${name}"
       WHEN (${changedBits(table)}) <> 0`,
    `INSERT INTO temp_touched (of_table, part, how, bits)
       VALUES (${of}, ${keyOf(table, 'NEW')}, 'changed', ${changedBits(table)})
       ON CONFLICT (of_table, part) DO UPDATE SET bits = bits | excluded.bits;`,
  )
  return added + deleted + changed
}

const partRow = z.object({ table: z.string(), part: z.string() })
const touchedRow = partRow.extend({ how: z.enum(['new', 'changed', 'gone']), bits: z.int() })
type Touched = z.output<typeof touchedRow>

const hasTold = (db: Database): boolean =>
  db.get(z.object({}), "SELECT 1 FROM main.sqlite_schema WHERE name = 'untold'") !== undefined

/**
 * Lets this connection note what it changes. To be called once the tables are as they will be.
 * @param record adds a row to the audit about what no other row told
 */
export function tellRows(db: Database, record: () => void): void {
  if (!hasTold(db)) return
  db.script(
    `CREATE TEMP TABLE temp_touched (of_table TEXT, part TEXT, how TEXT, bits INTEGER,
       PRIMARY KEY (of_table, part)) WITHOUT ROWID;
     ${toldTables.map(triggersOf).join('')}`,
  )
  telling.add(db)
  db.beforeCommit(() => {
    while (isAnyTouched(db)) {
      keepForLater(db)
      if (!isAnyTouched(db)) return
      record()
    }
  })
}

const isAnyTouched = (db: Database): boolean =>
  db.get(z.object({}), 'SELECT 1 FROM temp_touched LIMIT 1') !== undefined

const laterTables = JSON.stringify(toldTables.filter(({ atOnce }) => !atOnce).map(({ name }) => name))

/** New rows that may be told by the next row of the audit are noted in the database, which outlives this process. */
function keepForLater(db: Database): void {
  const waits = 'untold WHERE untold.of_table = temp_touched.of_table AND untold.part = temp_touched.part'
  // A row that waits to be told is told as it is then, and one that is deleted meanwhile is not told at all.
  db.run(
    `UPDATE temp_touched SET how = 'never' WHERE how IN ('changed', 'gone') AND EXISTS (SELECT 1 FROM ${waits})`,
  )
  db.run(
    `DELETE FROM untold WHERE EXISTS (SELECT 1 FROM temp_touched AS t WHERE t.of_table = untold.of_table
       AND t.part = untold.part AND t.how = 'never' AND t.bits = 0)`,
  )
  db.run("DELETE FROM temp_touched WHERE how = 'never'")
  const values = { tables: laterTables }
  const isLater = `how = 'new' AND of_table IN (SELECT value FROM json_each($tables))`
  db.run(
    `INSERT OR IGNORE INTO untold (of_table, part) SELECT of_table, part FROM temp_touched WHERE ${isLater}`,
    values,
  )
  db.run(`DELETE FROM temp_touched WHERE ${isLater}`, values)
}

/** Notes that a row was changed, in a table of which only some rows are told. */
export function noteTold(db: Database, table: string, key: string): void {
  if (!telling.has(db)) return
  db.run(
    `INSERT INTO temp_touched (of_table, part, how, bits) VALUES ($table, json_array($key), 'changed', -1)
     ON CONFLICT (of_table, part) DO UPDATE SET bits = -1`,
    { table, key },
  )
}

/**
 * What the next row of the audit tells: the rows that were changed since the last one, as they are now. To be called in
 * the transaction that adds it. Null where there are none.
 */
export function takeTouched(db: Database): StoredRows | null {
  if (!telling.has(db)) return null
  const touched = db.all(
    touchedRow.extend({ waits: flag }),
    `SELECT of_table AS 'table', part, how, bits, EXISTS (
       SELECT 1 FROM untold WHERE untold.of_table = t.of_table AND untold.part = t.part) AS waits
     FROM temp_touched AS t ORDER BY of_table, part LIMIT $rowsAtOnce`,
    { rowsAtOnce },
  )
  for (const { table, part, waits } of touched) {
    db.run('DELETE FROM temp_touched WHERE of_table = $table AND part = $part', { table, part })
    if (waits) db.run('DELETE FROM untold WHERE of_table = $table AND part = $part', { table, part })
  }
  const waiting = db.all(
    partRow,
    `SELECT of_table AS 'table', part FROM untold WHERE of_table <> '' ORDER BY of_table, part LIMIT $limit`,
    { limit: rowsAtOnce - touched.length },
  )
  for (const { table, part } of waiting) {
    db.run('DELETE FROM untold WHERE of_table = $table AND part = $part', { table, part })
  }
  const asNew = ({ table, part }: z.output<typeof partRow>): Touched => ({
    table,
    part,
    how: 'new',
    bits: -1,
  })
  const rows = [
    // What waited to be told is told as a whole, and not at all where it was deleted meanwhile.
    ...touched.flatMap((row) => (!row.waits ? [row] : row.how === 'gone' ? [] : [asNew(row)])),
    ...waiting.map(asNew),
  ]
  return rows.length === 0 ? null : grouped(db, rows)
}

/** How many rows the next rows of the audit tell of. */
export const untoldParts = (db: Database): Generator<z.output<typeof partRow>> =>
  db.iterate(partRow, "SELECT of_table AS 'table', part FROM untold WHERE of_table <> ''")

function grouped(db: Database, touched: readonly Touched[]): StoredRows {
  const groups = new Map<string, StoredRows[number]>()
  for (const { table: name, part, how, bits } of touched) {
    const table = toldTables.find((known) => known.name === name)
    const key = keyCells(part)
    if (table === undefined || key?.length !== table.key.length) continue
    const columns = how === 'gone' ? [] : toldColumns(table).filter((_, i) => (bits >> i) & 1)
    const row = how === 'gone' ? key : readRow(db, table, key, columns)
    if (row === null) continue
    const id = keyText([name, how, columns])
    const group = groups.get(id) ?? { table: name, how, columns, rows: [] }
    group.rows.push(row)
    groups.set(id, group)
  }
  return [...groups.values()]
}

/** Null where the row is not there: it was noted by somebody else. */
function readRow(
  db: Database,
  table: ToldTable,
  key: readonly (string | number)[],
  columns: readonly string[],
): ToldCell[] | null {
  const where = table.key.map((column, i) => `"${column}" = $key${i}`).join(' AND ')
  const all = [...table.key, ...columns].map((column) => `"${column}"`).join(', ')
  const found = db.get(
    z.record(z.string(), z.unknown()),
    `SELECT ${all} FROM main."${table.name}" WHERE ${where}`,
    Object.fromEntries(key.map((cell, i) => [`key${i}`, cell])),
  )
  if (found === undefined) return null
  return [...key, ...columns.map((column) => toldCell(table, column, found[column]))]
}
