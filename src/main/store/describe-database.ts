/** What a database is, without what people put into it: for somebody who helps from afar. */
import { z } from 'zod'
import { openDatabase } from './database.ts'
import { versionOf } from './migrate.ts'

export interface DatabaseDescription {
  version: number
  /** The statements that make its tables, indexes and triggers. */
  schema: string[]
  /** How many rows each table has. */
  rows: Record<string, number>
  settings: { key: string; value: string }[]
  /** Everybody whom it names. */
  people: string[]
}

const named = z.object({ name: z.string() })

/**
 * Only reads, also while another process works with it.
 * @param file of a workspace's database
 */
export function describeDatabase(file: string): DatabaseDescription {
  const db = openDatabase(file, { readonly: true })
  try {
    const schema = db.all(
      z.object({ type: z.string(), name: z.string(), sql: z.string() }),
      `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name`,
    )
    const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => name)
    const rows: [string, number][] = tables.map((table) => {
      const counted = db.get(
        z.object({ n: z.int() }),
        `SELECT count(*) AS n FROM "${table.replaceAll('"', '""')}"`,
      )
      return [table, counted?.n ?? 0]
    })
    const settings = tables.includes('setting')
      ? db.all(
          z.object({ key: z.string(), value: z.string() }),
          'SELECT key, value FROM setting ORDER BY key',
        )
      : []
    const people = tables.includes('operator') ? db.all(named, 'SELECT name FROM operator ORDER BY id') : []
    return {
      version: versionOf(db),
      schema: schema.map(({ sql }) => sql),
      rows: Object.fromEntries(rows),
      settings,
      people: people.map(({ name }) => name),
    }
  } finally {
    db.close()
  }
}
