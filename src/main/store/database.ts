import { uptime } from 'node:os'
import Sqlite from 'better-sqlite3'
import type { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { storageFailure, stored, storedAsync } from '../platform/storage-errors.ts'
import { rowSum } from './row-sum.ts'

export type SqlValue = string | number | null | Uint8Array
export type SqlValues = Record<string, SqlValue>

/**
 * One synchronous connection to a workspace's database. Rows are checked against a schema as they are read,
 * statements are prepared once, and errors become Failures with a remedy.
 */
export interface Database {
  /** The path of the database file. */
  readonly file: string
  /** The database of which this is a copy that goes when it is closed; null where it is the workspace's own. */
  readonly copyOf: string | null
  /** The present time, in milliseconds since 1970 UTC, for timestamps of rows. */
  now(): number
  /** Milliseconds since the computer was started, by a clock that nobody can set. */
  sinceStart(): number
  /** Runs a statement that changes data. `lastId` is the rowid of an inserted row. */
  run(sql: string, values?: SqlValues): { changes: number; lastId: number }
  /** The first row, or undefined. */
  get<S extends z.ZodType>(row: S, sql: string, values?: SqlValues): z.output<S> | undefined
  all<S extends z.ZodType>(row: S, sql: string, values?: SqlValues): z.output<S>[]
  /** Gives rows one by one, without holding them in memory; nothing may be written meanwhile. */
  iterate<S extends z.ZodType>(row: S, sql: string, values?: SqlValues): Generator<z.output<S>>
  /** Runs `work` in a transaction. One inside another is a part of the outer one. */
  transaction<T>(work: () => T): T
  /**
   * Runs `work` once the transaction is committed that is under way, or now where there is none. Of several with the
   * same key only the last is run; one that is rolled back is not.
   */
  afterCommit(key: string, work: () => void): void
  /** Lets `work` read everything as it is now, whatever is written meanwhile by other connections; it writes nothing. */
  snapshot<T>(work: () => Promise<T>): Promise<T>
  /**
   * Lets `work` end each transaction of this connection, as a part of it; from then on each change of rows is in one.
   */
  beforeCommit(work: () => void): void
  /** Runs several statements without values, as in a migration. */
  script(sql: string): void
  pragma(text: string): unknown
  /** Makes a consistent copy while the database is in use; `onProgress` counts pages. */
  backup(to: string, onProgress?: (done: number, total: number) => void): Promise<void>
  close(): void
}

export interface DatabaseOptions {
  now?: () => number
  sinceStart?: () => number
  /** How long to wait for another connection of this process, in milliseconds. */
  timeout?: number
  readonly?: boolean
  /** The database of which the file is a copy. */
  copyOf?: string | null
}

const changesRows = /^\s*(?:INSERT|UPDATE|DELETE)\b/

/** Milliseconds that a call waits for a database that an earlier call found held by somebody else. */
const waitWhileHeld = 100

/** @throws Failure `row-unreadable` where the row is not as it was written */
function readRow<S extends z.ZodType>(row: S, sql: string, found: unknown): z.output<S> {
  const read = row.safeParse(found)
  if (read.success) return read.data
  const table = /\bFROM (\w+)/.exec(sql)?.[1] ?? ''
  const id = typeof found === 'object' && found !== null && 'id' in found ? String(found.id) : ''
  throw new Failure('row-unreadable', { table, row: id }, { cause: read.error })
}

/**
 * Opens a database file: in WAL mode, so that reading never waits for writing; with synchronous=FULL, so that
 * confirmed data survives a power cut; with foreign keys enforced.
 */
export function openDatabase(file: string, options: DatabaseOptions = {}): Database {
  const {
    now = Date.now,
    sinceStart = () => Math.round(uptime() * 1000),
    timeout = 10_000,
    readonly = false,
    copyOf = null,
  } = options
  const connection = stored(() => {
    const opened = new Sqlite(file, { timeout, readonly })
    try {
      if (!readonly) opened.pragma('journal_mode = WAL')
      opened.pragma('synchronous = FULL')
      opened.pragma('foreign_keys = ON')
      opened.pragma('trusted_schema = OFF')
      opened.pragma('temp_store = MEMORY')
      opened.function('row_sum_of', { varargs: true, deterministic: true }, rowSum)
    } catch (error) {
      opened.close()
      throw error
    }
    return opened
  })

  const statements = new Map<string, Sqlite.Statement<[SqlValues]>>()
  function prepared(sql: string): Sqlite.Statement<[SqlValues]> {
    let statement = statements.get(sql)
    if (!statement) {
      statement = connection.prepare<[SqlValues]>(sql)
      statements.set(sql, statement)
    }
    return statement
  }

  // While somebody else holds the database, each further call waits only shortly: main would stand still for most of
  // the time that it is held.
  let isHeld = false
  function hold(held: boolean): void {
    if (held === isHeld) return
    isHeld = held
    connection.pragma(`busy_timeout = ${held ? Math.min(timeout, waitWhileHeld) : timeout}`)
  }
  function patient<T>(work: () => T): T {
    try {
      const value = work()
      hold(false)
      return value
    } catch (error) {
      const failure = storageFailure(error)
      if (failure instanceof Failure && failure.code === 'workspace-busy') hold(true)
      throw failure
    }
  }

  let ending: (() => void) | null = null
  let committed = new Map<string, () => void>()
  function ended<T>(work: () => T): T {
    const value = work()
    ending?.()
    return value
  }
  function inTransaction<T>(work: () => T): T {
    const isOuter = !connection.inTransaction
    const before = new Map(committed)
    let value: T
    try {
      value = patient(() => connection.transaction(isOuter ? () => ended(work) : work).immediate())
    } catch (error) {
      committed = before
      throw error
    }
    if (isOuter) {
      const due = committed
      committed = new Map()
      for (const act of due.values()) act()
    }
    return value
  }

  return {
    file,
    copyOf,
    now,
    sinceStart,
    afterCommit(key, work) {
      if (connection.inTransaction) committed.set(key, work)
      else work()
    },
    async snapshot(work) {
      stored(() => connection.exec('BEGIN'))
      try {
        return await work()
      } finally {
        connection.exec('COMMIT')
      }
    },
    beforeCommit(work) {
      ending = work
    },
    run(sql, values = {}) {
      const act = (): { changes: number; lastId: number } => {
        const { changes, lastInsertRowid } = prepared(sql).run(values)
        return { changes, lastId: Number(lastInsertRowid) }
      }
      const isAlone = ending !== null && !connection.inTransaction && changesRows.test(sql)
      return isAlone ? inTransaction(act) : patient(act)
    },
    get: (row, sql, values = {}) =>
      stored(() => {
        const found = prepared(sql).get(values)
        return found === undefined ? undefined : readRow(row, sql, found)
      }),
    all: (row, sql, values = {}) =>
      stored(() =>
        prepared(sql)
          .all(values)
          .map((found) => readRow(row, sql, found)),
      ),
    *iterate(row, sql, values = {}) {
      // Prepared separately, because the cached statement could be used again while this one is still being read.
      try {
        for (const found of connection.prepare<[SqlValues]>(sql).iterate(values))
          yield readRow(row, sql, found)
      } catch (error) {
        throw storageFailure(error)
      }
    },
    transaction: inTransaction,
    script: (sql) => stored(() => void connection.exec(sql)),
    pragma: (text) => stored(() => connection.pragma(text)),
    backup: (to, onProgress) =>
      storedAsync(async () => {
        await connection.backup(to, {
          progress({ totalPages, remainingPages }) {
            onProgress?.(totalPages - remainingPages, totalPages)
            return 1000
          },
        })
      }),
    close: () => {
      statements.clear()
      connection.close()
    },
  }
}
