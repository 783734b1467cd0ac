import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { forgetAuditKey, useAuditKey } from '../../../../src/main/platform/audit-key.ts'
import { recordAudit } from '../../../../src/main/store/audit.ts'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import { type Database, openDatabase } from '../../../../src/main/store/database.ts'
import { removeImage } from '../../../../src/main/store/images.ts'
import { keepRowSums } from '../../../../src/main/store/row-sums.ts'
import { toldColumns } from '../../../../src/main/store/told/stored-rows.ts'
import { toldTables, untoldTables } from '../../../../src/main/store/told/told-tables.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { fullWorkspace } from './full-workspace.ts'

beforeEach(() => useAuditKey(temporaryFolder()))
afterEach(forgetAuditKey)

/** A connection of somebody who has the file: nothing hinders a change, and no row of the audit tells of it. */
async function attacked({ keepsSums = false } = {}): Promise<{ workspace: Workspace; db: Database }> {
  const { workspace } = await fullWorkspace()
  const db = openDatabase(workspace.paths.database)
  onTestFinished(() => db.close())
  const triggers = db.all(nameRow, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
  for (const { name } of triggers) db.script(`DROP TRIGGER "${name}"`)
  if (keepsSums) keepRowSums(db)
  db.pragma('foreign_keys = OFF')
  db.pragma('ignore_check_constraints = ON')
  return { workspace, db }
}

const nameRow = z.object({ name: z.string() })
const columnRow = z.object({ name: z.string(), type: z.string(), pk: z.int() })
type Column = z.output<typeof columnRow>
const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.null(), z.instanceof(Uint8Array)]))
type Row = z.output<typeof anyRow>

const tablesOf = (db: Database): string[] =>
  db
    .all(
      nameRow,
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .map(({ name }) => name)

const columnsOf = (db: Database, table: string): Column[] =>
  z.array(columnRow).parse(db.pragma(`table_info("${table}")`))

const keyOf = (db: Database, table: string): string[] =>
  columnsOf(db, table)
    .filter(({ pk }) => pk > 0)
    .map(({ name }) => name)

/** The first row of a table that a condition holds for. */
function firstRow(db: Database, table: string, condition = 'true'): Row {
  const row = db.get(anyRow, `SELECT * FROM "${table}" WHERE ${condition} LIMIT 1`)
  if (row === undefined) throw new RangeError(`${table} has no row with ${condition}`)
  return row
}

/** SQL of another value of the same kind. */
function another({ name, type }: Column): string {
  if (type === 'TEXT') return `coalesce("${name}", '') || 'x'`
  if (type === 'BLOB') return "x'01'"
  return `coalesce("${name}", 0) + 1`
}

const quoted = (cell: unknown): string =>
  typeof cell === 'string' ? `'${cell.replaceAll("'", "''")}'` : String(cell)

const isRow = (db: Database, table: string, row: Row): string =>
  keyOf(db, table)
    .map((name) => `"${name}" = ${quoted(row[name])}`)
    .join(' AND ')

function put(db: Database, table: string, row: Row): void {
  const names = Object.keys(row)
  db.run(
    `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')})
     VALUES (${names.map((_, i) => `$c${i}`).join(', ')})`,
    Object.fromEntries(Object.values(row).map((cell, i) => [`c${i}`, cell])),
  )
}

/** What is found after a row was changed, which is put back then. */
async function whileChanged(
  db: Database,
  { table, row, column }: { table: string; row: Row; column: Column | null },
  look: () => Promise<string[]>,
): Promise<string[]> {
  const where = isRow(db, table, row)
  if (column === null) db.run(`DELETE FROM "${table}" WHERE ${where}`)
  else db.run(`UPDATE "${table}" SET "${column.name}" = ${another(column)} WHERE ${where}`)
  const found = await look()
  db.run(`DELETE FROM "${table}" WHERE ${where}`)
  put(db, table, row)
  return found
}

async function problemsOf(workspace: Workspace): Promise<string[]> {
  const { problems } = await verifyWorkspace(workspace)
  return problems.map((problem) => wordsIn('en').text('problem', problem, 'title'))
}

async function differencesOf({ db }: Workspace): Promise<string[]> {
  const { replay } = await checkAudit(db)
  return replay.differences.map((found) => wordsIn('en').text('reason', found))
}

/** A row of which the audit tells all, in tables where it does not tell that of every row. */
const whole: Readonly<Record<string, string>> = {
  image: "split <> 'live'",
  live_part: 'seen_at IS NOT NULL',
  score: "image_id IN (SELECT id FROM image WHERE split <> 'live')",
  operator: 'pin IS NOT NULL',
}

describe('a workspace with rows in every table', () => {
  it('is whole as Fanoscope wrote it', async () => {
    const { workspace, db } = await attacked()
    const empty = tablesOf(db).filter(
      (table) => db.all(anyRow, `SELECT * FROM "${table}" LIMIT 1`).length === 0,
    )
    expect(empty).toEqual([])
    expect(await differencesOf(workspace)).toEqual([])
  })

  it('has no table of which the audit neither tells nor says why it does not', async () => {
    const { db } = await attacked()
    const known = [...toldTables.map(({ name }) => name), ...Object.keys(untoldTables)]
    expect(tablesOf(db).sort()).toEqual(known.sort())
    for (const { name, key, values, sums } of toldTables) {
      const columns = columnsOf(db, name).map((column) => column.name)
      expect(columns).toEqual(expect.arrayContaining([...key, ...values, ...sums]))
    }
  })

  it('has no row that can be changed without verify naming it', async () => {
    const { workspace, db } = await attacked()
    const asIs = await problemsOf(workspace)
    const unnamed: string[] = []
    for (const table of tablesOf(db)) {
      const key = keyOf(db, table)
      const column = columnsOf(db, table).findLast(({ name }) => !key.includes(name)) ?? null
      const row = firstRow(db, table)
      const found = await whileChanged(db, { table, row, column }, () => problemsOf(workspace))
      if (found.length <= asIs.length) unnamed.push(table)
    }
    expect(unnamed).toEqual([])
  })
})

describe('somebody who changes rows and keeps their checksums', () => {
  it('cannot change a value that the audit tells without its being named', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    const unnamed: string[] = []
    for (const table of toldTables) {
      const { name } = table
      const row = firstRow(db, name, whole[name])
      for (const column of columnsOf(db, name)) {
        if (!toldColumns(table).includes(column.name)) continue
        const found = await whileChanged(db, { table: name, row, column }, () => differencesOf(workspace))
        if (!found.some((text) => text.includes(`"${column.name}"`))) unnamed.push(`${name}.${column.name}`)
      }
    }
    expect(unnamed).toEqual([])
    expect(await differencesOf(workspace)).toEqual([])
  })

  it('cannot delete a row of which the audit tells', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    const unnamed: string[] = []
    for (const { name } of toldTables) {
      const row = firstRow(db, name, whole[name])
      const found = await whileChanged(db, { table: name, row, column: null }, () => differencesOf(workspace))
      if (!found.some((text) => / is missing in the database; row \d+ of the audit/.test(text)))
        unnamed.push(name)
    }
    expect(unnamed).toEqual([])
  })

  it('cannot add a row', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    const unnamed: string[] = []
    for (const { name } of toldTables) {
      // Of these the audit tells only what is changed: parts are in the checksums of verdicts, and other settings are
      // nobody's answer.
      if (name === 'live_part' || name === 'setting') continue
      const key = columnsOf(db, name).findLast(({ pk }) => pk > 0) ?? { name: '', type: '' }
      // What has to be unique in its table besides the key.
      const unique = { name: 'added', version: 9, number: 9, sha256: 'a'.repeat(64) }
      const row = firstRow(db, name, whole[name])
      const added = Object.fromEntries(
        Object.entries({ ...row, [key.name]: key.type === 'INTEGER' ? 9999 : 'added' }).map(
          ([column, cell]) => [
            column,
            column !== key.name && column in unique
              ? z.record(z.string(), z.unknown()).parse(unique)[column]
              : cell,
          ],
        ),
      )
      put(db, name, anyRow.parse(added))
      const found = await differencesOf(workspace)
      if (!found.some((text) => text.includes('no row of the audit tells of it'))) unnamed.push(name)
      db.run(`DELETE FROM "${name}" WHERE ${isRow(db, name, anyRow.parse(added))}`)
    }
    expect(unnamed).toEqual([])
  })

  it('is named for a photograph that came over the line, too', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    db.run("UPDATE image SET label = 'normal' WHERE file = 'b.png'")
    expect(await differencesOf(workspace)).toEqual([
      expect.stringMatching(
        /^Photograph \d+: "label" is normal in the database; the line added it with unlabeled/,
      ),
    ])
    db.run("UPDATE image SET label = 'unlabeled', width = 17 WHERE file = 'b.png'")
    const { breaks } = await checkAudit(workspace.db)
    expect(breaks.map(({ code }) => code)).toEqual(['audit-live-parts'])
  })

  it('is named for other photographs in a version of a dataset', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    db.run('DELETE FROM dataset_version_image WHERE image_id = (SELECT min(id) FROM image)')
    expect(await differencesOf(workspace)).toEqual([
      expect.stringMatching(/^Version .* are not those of its digest/),
    ])
  })

  it('gains nothing by the list of what is to be told next', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    const { id } = firstRow(db, 'image', "label = 'anomalous'")
    db.run("UPDATE image SET label = 'normal' WHERE id = $id", { id: Number(id) })
    db.run("INSERT INTO untold (of_table, part) VALUES ('image', json_array($id))", { id: Number(id) })
    recordAudit(workspace.db, { action: 'export.written' })
    expect(await differencesOf(workspace)).toEqual([
      expect.stringMatching(/^Photograph \d+: row \d+ of the audit tells of it as new/),
      expect.stringMatching(/^Photograph \d+: "label" is normal in the database/),
    ])
  })

  it('stays named after Fanoscope has changed the same row', async () => {
    const { workspace, db } = await attacked({ keepsSums: true })
    const { id } = firstRow(db, 'image', "label = 'anomalous'")
    db.run("UPDATE image SET label = 'normal' WHERE id = $id", { id: Number(id) })
    removeImage(workspace.db, Number(id), 'Li Na')
    expect(await differencesOf(workspace)).toEqual([
      expect.stringMatching(
        /^Photograph \d+: "label" is normal in the database, and row \d+ .* anomalous\.$/,
      ),
    ])
  })
})
