/**
 * From one version to another: a copy of the workspace's database, a note of what is being changed, a start of the new
 * version with the workspace, and only when it has proven itself the pointer. Until then every start is one of the old
 * version, whatever ended in between; `recoverVersions` puts in order what such an end left behind.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, failureData } from '../../../shared/failure.ts'
import type { FailureInfo } from '../../../shared/failure-schema.ts'
import type { Installation } from '../../platform/installation.ts'
import type { VersionChange } from '../../session/version-change.ts'
import { recordAudit } from '../../store/audit.ts'
import { type Database, openDatabase } from '../../store/database.ts'
import { backUpDatabase, restoreBackup } from '../../store/database-backups.ts'
import { newestVersion, versionOf } from '../../store/migrate.ts'
import { migrations } from '../../store/migrations/index.ts'
import { takeOwnership } from '../../store/owner.ts'
import { isWorkspace } from '../../store/workspace.ts'
import { tryVersion } from './run-version.ts'
import { type Change, noteChange, noteEnd, presentChange } from './update-notes.ts'
import { clearVersions, holdVersions, pointAt, pointedVersion, programOf } from './versions.ts'

/**
 * The workspace must be closed. Afterwards the pointer names the version that works, and the versions are free.
 * @param options.keeps the version stays also where it does not start: it was there before
 * @param options.restore the copy of the database that the version is given in place of the present one, which it
 * cannot read; the present one is put back where the version does not start
 * @returns why the version is still the present one; null where it is the new one
 */
export async function changeVersion(
  installation: Installation,
  { to, workspace, release }: VersionChange,
  { keeps = false, restore = null }: { keeps?: boolean; restore?: string | null } = {},
): Promise<FailureInfo | null> {
  const { version: from } = installation
  try {
    const change: Change = {
      from,
      to,
      workspace,
      backup: workspace && backUp(workspace),
      restores: restore !== null,
    }
    noteChange(installation, change)
    try {
      if (workspace !== null && restore !== null) restoreBackup(workspace, restore)
      await tryVersion(programOf(installation, to), to, workspace)
    } catch (error) {
      const failure = goBack(installation, change, failureData(error))
      if (!keeps) rmSync(join(installation.versions, to), { recursive: true, force: true })
      return failure
    }
    pointAt(installation, to)
    await finish(installation, change)
    return null
  } finally {
    release()
  }
}

async function finish(installation: Installation, { from, to, backup }: Change): Promise<void> {
  noteEnd(installation, { at: Date.now(), from, to, failure: null, backup })
  await clearVersions(installation, [from, to])
}

/**
 * Ends a change that a process which ended has begun. A workspace that the new version migrated is restored, because
 * this one could not read it; what that lost is nothing: nobody has worked with it since the copy was made.
 * @returns how it ended, for whoever starts the program; null where nothing had begun, or another process is at it
 */
export async function recoverVersions(installation: Installation): Promise<FailureInfo | null> {
  if (presentChange(installation) === null) return null
  let release: (() => void) | null = null
  try {
    release = holdVersions(installation)
    const change = presentChange(installation)
    if (change === null) return null
    if (pointedVersion(installation) === change.to) {
      await finish(installation, change)
      return null
    }
    const { from, to } = change
    return goBack(installation, change, failureData(new Failure('update-interrupted', { from, to })))
  } catch (error) {
    // Another process changes it, or works with the workspace: the next start looks again.
    if (error instanceof Failure && passing.has(error.code)) return null
    throw error
  } finally {
    release?.()
  }
}

const passing: ReadonlySet<string> = new Set(['update-running', 'workspace-in-use', 'update-folder-closed'])

function backUp(dir: string): string | null {
  return owned(dir, (db) =>
    // The update may be the remedy for a workspace that this version cannot read: then the new one copies it.
    isReadable(db) ? backUpDatabase(db, join(dir, 'backups'), 'before-update') : null,
  )
}

const isReadable = (db: Database): boolean => versionOf(db) <= newestVersion(migrations)

function owned<R>(dir: string, act: (db: Database) => R): R {
  const release = takeOwnership(dir)
  try {
    const db = openDatabase(join(dir, 'fanoscope.db'))
    try {
      return act(db)
    } finally {
      db.pragma('wal_checkpoint(TRUNCATE)')
      db.close()
    }
  } finally {
    release()
  }
}

function goBack(installation: Installation, change: Change, failure: FailureInfo): FailureInfo {
  const { from, to, workspace, backup, restores } = change
  if (workspace !== null && isWorkspace(workspace)) {
    const isTaken = backup !== null && existsSync(join(workspace, 'backups', backup))
    if (isTaken && (restores || !owned(workspace, isReadable))) restoreBackup(workspace, backup)
    owned(workspace, (db) => {
      if (isReadable(db))
        recordAudit(db, { action: 'update.failed', detail: { from, to, code: failure.code } })
    })
  }
  noteEnd(installation, { at: Date.now(), from, to, failure, backup })
  return failure
}
