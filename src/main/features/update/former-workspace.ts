/** Whether a workspace has to be put back for the version of before, which cannot read what a newer one migrated. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupLosses } from '../../../shared/workspace.ts'
import { openDatabase } from '../../store/database.ts'
import { lossesOf } from '../../store/database-backups.ts'
import { versionOf } from '../../store/migrate.ts'

/** The copy that is put back, and what was added since it was made. */
export interface FormerWorkspace extends BackupLosses {
  backup: string
}

/**
 * @param backup the copy that the update made; null where it made none
 * @returns null where the workspace can stay as it is: the update migrated nothing, or was not made with it
 * @throws Failure `backup-unreadable`
 */
export function formerWorkspace(dir: string, backup: string | null): FormerWorkspace | null {
  const [database, backups] = [join(dir, 'fanoscope.db'), join(dir, 'backups')]
  if (backup === null || !existsSync(join(backups, backup))) return null
  if (schemaOf(join(backups, backup)) >= schemaOf(database)) return null
  return { backup, ...lossesOf(database, backups, backup) }
}

function schemaOf(file: string): number {
  const db = openDatabase(file, { readonly: true })
  try {
    return versionOf(db)
  } finally {
    db.close()
  }
}
