/** The copies of the database in the folder `backups` of a workspace. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { stored } from '../platform/storage-errors.ts'

export interface DatabaseBackup {
  /** Its name in the folder. */
  file: string
  /** When it was made: milliseconds since 1970 UTC. */
  at: number
  bytes: number
}

/** Newest first. */
export function listBackups(folder: string): DatabaseBackup[] {
  if (!existsSync(folder)) return []
  return stored(() =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.db') && !name.startsWith('.'))
      .map((file) => {
        const { mtimeMs, size: bytes } = statSync(join(folder, file))
        return { file, at: Math.round(mtimeMs), bytes }
      })
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => b.at - a.at || (a.file < b.file ? 1 : -1)),
  )
}
