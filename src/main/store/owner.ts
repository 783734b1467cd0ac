import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { storageFailure, stored } from '../platform/storage-errors.ts'

const ownerSchema = z.object({
  pid: z.int(),
  host: z.string(),
  /** When the workspace was opened: milliseconds since 1970 UTC. */
  since: z.int(),
})
type Owner = z.infer<typeof ownerSchema>

/** Reads who owns the workspace, for the error that a second process gets; null where that cannot be known. */
function readOwner(file: string): Owner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The owner may have the lock but not have written the file yet; the error then does not name it.
    return null
  }
}

/** The owner of the workspace in this folder. */
export const ownerOf = (dir: string): Owner | null => readOwner(join(dir, 'owner.json'))

function inUse(dir: string, owner: Owner | null): Failure {
  if (owner === null) return new Failure('workspace-in-use', { folder: dir })
  const { pid, host, since } = owner
  return new Failure('workspace-in-use', {
    case: 'owner',
    folder: dir,
    pid,
    host,
    since: new Date(since).toISOString(),
  })
}

/**
 * Makes this process the owner of a workspace, by an exclusive lock of the operating system on a separate file,
 * through SQLite's portable locking. The lock ends with the process however the process ends, so nothing needs to be
 * cleaned up after a kill.
 *
 * @returns a function that releases it
 * @throws Failure `workspace-in-use`, which names the owner
 */
export function takeOwnership(dir: string, now: () => number = Date.now): () => void {
  const who = join(dir, 'owner.json')
  const lock = stored(() => new Sqlite(join(dir, 'owner.lock'), { timeout: 0 }))
  try {
    // The journal is in memory, because one on disk would be left over after a kill.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    const owner: Owner = { pid: process.pid, host: hostname(), since: now() }
    writeFileSync(who, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) {
      throw inUse(dir, readOwner(who))
    }
    throw storageFailure(error)
  }
  return () => {
    rmSync(who, { force: true })
    lock.close()
  }
}
