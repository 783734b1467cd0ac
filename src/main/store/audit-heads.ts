/**
 * The number and hash of the newest row of the audit, kept beside the database in a file that is only added to. A
 * database whose write-ahead log was damaged or taken away opens without a word, with the rows of an earlier time; this
 * file still knows how far it was.
 */
import { appendFileSync, closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { sha256Schema } from '../../shared/values.ts'
import type { Database } from './database.ts'

export interface AuditHead {
  id: number
  hash: string
  /** When it was kept: milliseconds since 1970 UTC. */
  at: number
}

/** Rows of the audit that were stored and are not in the database any more. */
export interface LostRows {
  first: number
  last: number
  /** When the last of them was stored. */
  at: number
}

/** What stands before a line from which on the numbers begin anew: after a loss that was told, and a restored backup. */
const anew = '#'
/** The end of the file that is read. */
const readBytes = 64 * 1024

export const headsFile = (database: string): string => join(dirname(database), 'audit-heads')

function append(database: string, line: string): void {
  const fd = openSync(headsFile(database), 'a', 0o600)
  try {
    appendFileSync(fd, line)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** What SQLite calls a database that is in no file. */
const inMemory = ':memory:'

/** Keeps the newest row once it is committed. */
export function keepHead(db: Database, { id, hash, at }: AuditHead): void {
  if (db.file === inMemory) return
  db.afterCommit('audit-head', () => {
    try {
      append(db.file, `${id} ${hash} ${at}\n`)
    } catch {
      // The row itself is stored. The head of the next row tells as much as this one would have.
    }
  })
}

/** From here on, rows with numbers that were used before are no sign of a loss. */
export function beginHeadsAnew(database: string, why: 'lost' | 'restored', at: number): void {
  append(database, `${anew} ${why} ${at}\n`)
}

const lineSchema = z.tuple([z.coerce.number().int().positive(), sha256Schema, z.coerce.number().int()])

/** The highest number that was kept; null where none was. */
function newestHead(database: string): AuditHead | null {
  const file = headsFile(database)
  if (!existsSync(file)) return null
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, readBytes))
    readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    let newest: AuditHead | null = null
    // A line without its end was being written when its process ended.
    for (const line of bytes.toString('latin1').split('\n').slice(0, -1)) {
      if (line.startsWith(anew)) newest = null
      const read = lineSchema.safeParse(line.split(' ')).data
      if (read === undefined) continue
      const [id, hash, at] = read
      if (newest === null || id >= newest.id) newest = { id, hash, at }
    }
    return newest
  } finally {
    closeSync(fd)
  }
}

const rowSchema = z.object({ id: z.int(), hash: z.string() })

/** What the database has lost; null where all is there that was kept. */
export function lostRows(db: Database): LostRows | null {
  const head = newestHead(db.file)
  if (head === null) return null
  const row = db.get(rowSchema, 'SELECT id, hash FROM audit WHERE id <= $id ORDER BY id DESC LIMIT 1', {
    id: head.id,
  })
  if (row?.id === head.id && row.hash === head.hash) return null
  const first = row?.id === head.id ? head.id : (row?.id ?? 0) + 1
  return { first, last: head.id, at: head.at }
}
