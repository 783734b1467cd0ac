/**
 * What the audit says is stored, built row by row. It is held in a temporary database of this process, which SQLite
 * moves to the disk where it grows large, so that the memory does not grow with the audit.
 */
import { z } from 'zod'
import { type Database, openDatabase } from '../database.ts'
import { jsonText } from '../row.ts'
import { keyText, type StoredRows, type ToldCell, toldTable } from './stored-rows.ts'

/** `true`: there is a value, and the audit does not say which. */
export type ExpectedCell = ToldCell | true

/** By column: the row of the audit that tells of it, and what it says. */
export type ExpectedCells = Readonly<Record<string, readonly [audit: number, says: ExpectedCell]>>

/** They were checked when they were taken, and nobody else can write them: looking at each again would take longest. */
const cellsSchema = z.custom<ExpectedCells>((cells) => typeof cells === 'object' && cells !== null)

/**
 * `whole`: all columns are told, from the row's beginning on. `partly`: only those that were changed since. `gone`: it
 * was deleted.
 */
const stateSchema = z.enum(['whole', 'partly', 'gone'])

const expectedRow = z.object({
  part: z.string(),
  state: stateSchema,
  audit: z.int(),
  cells: jsonText(cellsSchema),
})
export type ExpectedRow = z.output<typeof expectedRow>

export interface ExpectedRows {
  find(table: string, part: string): ExpectedRow | undefined
  /**
   * Takes what a row of the audit tells.
   * @returns rows that it tells of as new, although they were there before
   */
  take(audit: number, stored: StoredRows): { table: string; part: string }[]
  /** Takes single values, as rows of the audit of before tell them. */
  takeCells(audit: number, table: string, part: string, cells: Readonly<Record<string, ExpectedCell>>): void
  /** From here on the audit says nothing of a column, of any row. */
  forget(table: string, column: string): void
  /** What was found in its table. */
  drop(table: string, part: string): void
  /** What was not found there. */
  rest(table: string): Generator<ExpectedRow>
  close(): void
}

export function expectedRows(): ExpectedRows {
  // A file without a name is one of this connection alone, and goes with it.
  const db: Database = openDatabase('')
  db.script(`CREATE TABLE expected (of_table TEXT, part TEXT, state TEXT, audit INTEGER, cells TEXT,
    PRIMARY KEY (of_table, part)) WITHOUT ROWID; BEGIN`)
  const columns = 'part, state, audit, cells'
  const find = (table: string, part: string): ExpectedRow | undefined =>
    db.get(expectedRow, `SELECT ${columns} FROM expected WHERE of_table = $table AND part = $part`, {
      table,
      part,
    })
  function put(table: string, { part, state, audit, cells }: ExpectedRow): void {
    db.run(
      `INSERT INTO expected (of_table, part, state, audit, cells) VALUES ($table, $part, $state, $audit, $cells)
       ON CONFLICT DO UPDATE SET state = excluded.state, audit = excluded.audit, cells = excluded.cells`,
      { table, part, state, audit, cells: JSON.stringify(cells) },
    )
  }
  function merge(audit: number, table: string, part: string, cells: ExpectedCells): void {
    const before = find(table, part)
    const kept = before === undefined || before.state === 'gone' ? {} : before.cells
    const state = before?.state === 'whole' ? 'whole' : 'partly'
    put(table, { part, state, audit, cells: { ...kept, ...cells } })
  }

  /** Columns of which rows of before told, as `table.column`. */
  const told = new Set<string>()

  return {
    find,
    take(audit, stored) {
      const twice: { table: string; part: string }[] = []
      for (const { table: name, how, columns, rows } of stored) {
        const table = toldTable(name)
        if (table === undefined) continue
        for (const row of rows) {
          const part = keyText(row.slice(0, table.key.length))
          const values = row.slice(table.key.length)
          const cells: Record<string, readonly [number, ToldCell]> = {}
          for (const [i, column] of columns.entries()) {
            const cell = values[i]
            if (cell !== undefined) cells[column] = [audit, cell]
          }
          if (how === 'gone') put(name, { part, state: 'gone', audit, cells: {} })
          else if (how === 'changed') merge(audit, name, part, cells)
          else {
            const before = find(name, part)
            // What is told as new must not be taken for what was told before of a row that was there.
            if (before !== undefined && before.state !== 'gone') twice.push({ table: name, part })
            else put(name, { part, state: 'whole', audit, cells })
          }
        }
      }
      return twice
    },
    takeCells(audit, table, part, cells) {
      const taken: Record<string, readonly [number, ExpectedCell]> = {}
      for (const [column, cell] of Object.entries(cells)) {
        taken[column] = [audit, cell]
        told.add(`${table}.${column}`)
      }
      merge(audit, table, part, taken)
    },
    forget(table, column) {
      if (!told.delete(`${table}.${column}`)) return
      db.run('UPDATE expected SET cells = json_remove(cells, $path) WHERE of_table = $table', {
        table,
        path: `$.${column}`,
      })
    },
    drop(table, part) {
      db.run('DELETE FROM expected WHERE of_table = $table AND part = $part', { table, part })
    },
    rest: (table) =>
      db.iterate(
        expectedRow,
        `SELECT ${columns} FROM expected WHERE of_table = $table AND state <> 'gone' ORDER BY part`,
        { table },
      ),
    close: () => db.close(),
  }
}
