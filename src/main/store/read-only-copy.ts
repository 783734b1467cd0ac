/**
 * The database of a workspace that cannot be written, or is not to be. SQLite cannot open it where it is: a database in
 * WAL mode needs a file beside it that can be written, and one that is opened as `immutable` is read without its
 * write-ahead log, which holds the newest decisions. So the database, its log and the file of the audit's heads are
 * copied into a folder of this process, which goes when the workspace is closed. There SQLite reads the log, and jobs
 * such as a check or an export keep their rows.
 */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { stored } from '../platform/storage-errors.ts'
import { headsFile } from './audit-heads.ts'

/** How often a copy is made again because somebody wrote meanwhile. */
const mostTries = 5

/** Changes with every write. */
function stateOf(file: string): string {
  const { size, mtimeNs } = statSync(file, { bigint: true })
  return `${size} ${mtimeNs}`
}

const allFiles = (database: string): string[] =>
  [database, `${database}-wal`, headsFile(database)].filter((file) => existsSync(file))

function copyInto(folder: string, files: readonly string[]): void {
  for (const file of files) {
    const copy = join(folder, basename(file))
    copyFileSync(file, copy)
    // A copy has the rights of its source, which may be for reading only.
    chmodSync(copy, 0o600)
  }
}

/**
 * Copies what belongs to a database into a new folder, which only this account can read, and which the caller removes.
 * @throws Failure `workspace-busy` where it is written again and again
 */
export function copyDatabase(database: string): string {
  for (let tries = 0; tries < mostTries; tries++) {
    const folder = stored(() => mkdtempSync(join(tmpdir(), 'fanoscope-read-only-')))
    try {
      const isWhole = stored(() => {
        const files = allFiles(database)
        const before = files.map(stateOf).join()
        copyInto(folder, files)
        return allFiles(database).map(stateOf).join() === before
      })
      if (isWhole) return folder
    } catch (error) {
      removeCopy(folder)
      throw error
    }
    removeCopy(folder)
  }
  throw new Failure('workspace-busy')
}

export const removeCopy = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
