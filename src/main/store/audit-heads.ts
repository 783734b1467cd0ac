/**
 * The number and hash of the newest row of the audit, kept beside the database in a file that is only added to. A
 * database whose write-ahead log was damaged or taken away opens without a word, with the rows of an earlier time; this
 * file still knows how far it was.
 */
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { z } from 'zod'
import { sha256Schema } from '../../shared/values.ts'
import { auditKeyFolder } from '../platform/audit-key.ts'
import { renamePatientlyNow } from '../platform/patient-rename.ts'
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
  /** The hash of the last of them: the database gives their numbers again. */
  hash: string
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
      keepAway(db.file, `${id} ${hash} ${at}\n`)
    } catch {
      // The row itself is stored. The head of the next row tells as much as this one would have.
    }
  })
}

/**
 * Where the newest row is kept a second time, away from the workspace: whoever has only the workspace's folder cannot
 * change it. Null where this process has no such place.
 */
function awayFile(database: string): string | null {
  const folder = auditKeyFolder()
  if (folder === null || database === inMemory) return null
  const name = createHash('sha256').update(realpathSync(database)).digest('hex')
  return join(folder, 'audit-heads', name)
}

function keepAway(database: string, line: string): void {
  const file = awayFile(database)
  if (file === null) return
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const partial = `${file}.${process.pid}.${threadId}`
  writeFileSync(partial, line, { mode: 0o600 })
  renamePatientlyNow(partial, file)
}

/** From here on, rows with numbers that were used before are no sign of a loss. */
export function beginHeadsAnew(database: string, why: 'lost' | 'restored', at: number): void {
  const away = awayFile(database)
  if (away !== null) rmSync(away, { force: true })
  append(database, `${anew} ${why} ${at}\n`)
}

const lineSchema = z.tuple([z.coerce.number().int().positive(), sha256Schema, z.coerce.number().int()])

/** What was kept of each row since the numbers began: its hash. */
export function keptHeads(database: string): ReadonlyMap<number, string> {
  const kept = new Map<number, string>()
  const file = headsFile(database)
  if (database === inMemory || !existsSync(file)) return kept
  for (const line of readFileSync(file, 'latin1').split('\n').slice(0, -1)) {
    if (line.startsWith(anew)) kept.clear()
    const read = lineSchema.safeParse(line.split(' ')).data
    if (read !== undefined) kept.set(read[0], read[1])
  }
  return kept
}

/** The highest number that a file has; null where there is none. */
function newestHead(file: string | null): AuditHead | null {
  if (file === null || !existsSync(file)) return null
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
  return (
    lostSince(db, newestHead(headsFile(db.file))) ?? lostSince(db, newestHead(awayFile(db.copyOf ?? db.file)))
  )
}

function lostSince(db: Database, head: AuditHead | null): LostRows | null {
  if (head === null) return null
  const row = db.get(rowSchema, 'SELECT id, hash FROM audit WHERE id <= $id ORDER BY id DESC LIMIT 1', {
    id: head.id,
  })
  if (row?.id === head.id && row.hash === head.hash) return null
  const first = row?.id === head.id ? head.id : (row?.id ?? 0) + 1
  return { first, last: head.id, hash: head.hash, at: head.at }
}
