import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { compiledFolder } from '../model/run-folder.ts'
import { copyFileSynced, temporaryPrefix } from '../platform/durable-file.ts'
import { renamePatiently } from '../platform/patient-rename.ts'
import { storedAsync } from '../platform/storage-errors.ts'
import type { Workspace } from './workspace.ts'

export interface BackupReport {
  /** The folder of the copy, a complete workspace. */
  to: string
  files: number
  bytes: number
}

export interface BackupOptions {
  signal?: AbortSignal
  /** Progress in bytes of files; the database is copied before. */
  onProgress?: (progress: { done: number; total: number }) => void
}

async function filesBelow(folder: string): Promise<{ path: string; bytes: number }[]> {
  if (!existsSync(folder)) return []
  const files: { path: string; bytes: number }[] = []
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.startsWith(temporaryPrefix)) continue
    const path = join(entry.parentPath, entry.name)
    files.push({ path, bytes: (await stat(path)).size })
  }
  return files
}

/**
 * Copies a workspace, while it is in use, into an empty folder, where it can be opened as it is. The database is
 * copied first: originals never change, so the files copied later include all that it names. The copied database is
 * renamed to its final name last, so an interrupted backup is not a workspace.
 *
 * @throws Failure `backup-folder-not-empty`, `cancelled`, `disk-full`
 */
export async function backupWorkspace(
  workspace: Workspace,
  to: string,
  options: BackupOptions = {},
): Promise<BackupReport> {
  const target = resolve(to)
  const inside = relative(workspace.dir, target)
  if (!inside.startsWith('..') && !inside.startsWith('/') && !/^[A-Za-z]:/.test(inside)) {
    throw new Failure('backup-inside', { folder: target })
  }
  return storedAsync(async () => {
    if (existsSync(target) && readdirSync(target).length > 0) {
      throw new Failure('backup-folder-not-empty', { folder: target })
    }
    await mkdir(target, { recursive: true, mode: 0o700 })
    const partial = join(target, `${temporaryPrefix}fanoscope.db`)
    await workspace.db.backup(partial)
    await chmod(partial, 0o600)

    const { images, runs } = workspace.paths
    // Compiled graphs are not copied, as they are made again where they are missing.
    const ofRuns = (await filesBelow(runs)).filter(
      ({ path }) => relative(runs, path).split(sep)[1] !== compiledFolder,
    )
    const files = [...(await filesBelow(images)), ...ofRuns]
    const total = files.reduce((sum, file) => sum + file.bytes, 0)
    let done = 0
    for (const { path, bytes } of files) {
      if (options.signal?.aborted) {
        throw new Failure('cancelled', { case: 'backup', folder: target })
      }
      await copyFileSynced(path, join(target, relative(workspace.dir, path)))
      done += bytes
      options.onProgress?.({ done, total })
    }
    await renamePatiently(partial, join(target, 'fanoscope.db'))
    return { to: target, files: files.length + 1, bytes: total }
  })
}
