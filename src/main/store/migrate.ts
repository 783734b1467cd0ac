import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { Database } from './database.ts'

export interface Migration {
  /** 1, 2, 3 ...: SQLite's user_version of the database after this migration. */
  version: number
  name: string
  sql: string
  /** Changes of rows that SQL cannot express; run after `sql`, in the same transaction. */
  convert?: (db: Database) => void
}

/** 'FANO': SQLite's application_id, which distinguishes a workspace's database from other SQLite files. */
export const applicationId = 0x46414e4f

const numberOf = (db: Database, pragma: string): number =>
  z.array(z.record(z.string(), z.int())).parse(db.pragma(pragma))[0]?.[pragma] ?? 0

/** The number of the last migration of the database; 0 for a new one. */
export const versionOf = (db: Database): number => numberOf(db, 'user_version')

/** Whether the file is a workspace's database, or an empty one that can become one. */
export function isWorkspaceDatabase(db: Database): boolean {
  if (numberOf(db, 'application_id') === applicationId) return true
  const tables = db.get(z.object({ n: z.int() }), 'SELECT count(*) AS n FROM sqlite_schema')
  return tables?.n === 0 && versionOf(db) === 0
}

/** The version that these migrations lead to. */
export const newestVersion = (migrations: readonly Migration[]): number => migrations.at(-1)?.version ?? 0

/**
 * Applies the missing migrations, each completely or not at all.
 * @throws Failure `workspace-newer` for a database of a later Fanoscope, `workspace-version-wrong` for one whose number
 * is not that of its tables
 */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  const newest = newestVersion(migrations)
  const version = versionOf(db)
  if (version > newest) {
    throw new Failure('workspace-newer', { version, newest })
  }
  if (version < 0) throw new Failure('workspace-version-wrong', { version })
  for (const migration of migrations) {
    if (migration.version <= version) continue
    try {
      db.transaction(() => {
        db.script(migration.sql)
        migration.convert?.(db)
        db.pragma(`application_id = ${applicationId}`)
        db.pragma(`user_version = ${migration.version}`)
      })
    } catch (cause) {
      throw isThereAlready(cause) ? new Failure('workspace-version-wrong', { version }, { cause }) : cause
    }
  }
}

/** What SQLite says where the tables are of a later version than the number of the database. */
const isThereAlready = (error: unknown): boolean =>
  error instanceof Error && /already exists|duplicate column name/.test(error.message)
