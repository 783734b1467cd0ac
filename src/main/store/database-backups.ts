/**
 * Copies of the database in the folder `backups` of its workspace, and the way back to one. Photographs and runs are
 * not copied: their files are never changed, so an older database finds all that it names.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { FailureInfo } from '../../shared/failure-schema.ts'
import { message } from '../../shared/messages/message.ts'
import type { BackupLosses } from '../../shared/workspace.ts'
import { syncFileNow, syncFolderNow, temporaryPrefix } from '../platform/durable-file.ts'
import { renamePatientlyNow } from '../platform/patient-rename.ts'
import { stored } from '../platform/storage-errors.ts'
import { recordAudit } from './audit.ts'
import { beginHeadsAnew, type LostRows } from './audit-heads.ts'
import { type DatabaseBackup, listBackups } from './backup-list.ts'
import { clockJump } from './clock.ts'
import { type Database, openDatabase } from './database.ts'
import { isWorkspaceDatabase } from './migrate.ts'
import { takeOwnership } from './owner.ts'
import { newestNumber } from './results.ts'

/** Why a copy was made; the first word of its name after `fanoscope`. */
export type BackupReason =
  | 'daily'
  | 'asked'
  | 'before-mending'
  | 'before-restoring'
  | 'before-update'
  | `version-${number}`

/** Kept: one of each of so many days, and so many of all others. */
const keptDays = 14
const keptOthers = 10

/** Bytes that must stay free beside a copy. */
const spared = 64 * 2 ** 20

const pagesSchema = z.tuple([z.record(z.string(), z.int())])
const numberOf = (db: Database, pragma: string): number =>
  Object.values(pagesSchema.parse(db.pragma(pragma))[0])[0] ?? 0

/**
 * Copies the database while it is in use, without its free pages, and then removes the copies that are too old. Takes
 * long for a large database: in a thread.
 *
 * @returns the name of the copy
 * @throws Failure `disk-full`
 */
export function backUpDatabase(db: Database, folder: string, reason: BackupReason): string {
  return stored(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const bytes = numberOf(db, 'page_count') * numberOf(db, 'page_size')
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize < bytes + spared) {
      throw new Failure('disk-full', { case: 'backup', megabytes: Math.ceil((bytes + spared) / 1e6) })
    }
    const time = new Date(db.now()).toISOString().replaceAll(/[:.]/g, '-')
    const name = `fanoscope-${reason}-${time}.db`
    const partial = join(folder, `${temporaryPrefix}${name}`)
    rmSync(partial, { force: true })
    try {
      db.run('VACUUM INTO $file', { file: partial })
      chmodSync(partial, 0o600)
      syncFileNow(partial)
      renamePatientlyNow(partial, join(folder, name))
      syncFolderNow(folder)
    } finally {
      rmSync(partial, { force: true })
    }
    if (clockJump(db) === null) {
      // By a clock that was set back, the new one may be the oldest.
      const others = superfluous(listBackups(folder)).filter(({ file }) => file !== name)
      for (const { file } of others) rmSync(join(folder, file), { force: true })
    }
    return name
  })
}

const dayOf = ({ at }: DatabaseBackup): string => new Date(at).toISOString().slice(0, 10)

/** The copies that the rule does not keep. @param backups newest first */
export function superfluous(backups: readonly DatabaseBackup[]): DatabaseBackup[] {
  const days = new Set<string>()
  let others = 0
  return backups.filter((backup) => {
    if (!backup.file.startsWith('fanoscope-daily-')) {
      others += 1
      return others > keptOthers
    }
    const isFirst = !days.has(dayOf(backup))
    days.add(dayOf(backup))
    return !isFirst || days.size > keptDays
  })
}

/** The name of the newest copy that has the last of the lost rows; null where none has. */
export function backupWith(folder: string, lost: Pick<LostRows, 'last' | 'hash'>): string | null {
  return listBackups(folder).find(({ file }) => hasRow(join(folder, file), lost))?.file ?? null
}

function hasRow(file: string, { last, hash }: Pick<LostRows, 'last' | 'hash'>): boolean {
  let db: Database | null = null
  try {
    db = openDatabase(file, { readonly: true })
    const values = { last, hash }
    return db.get(z.object({}), 'SELECT 1 FROM audit WHERE id = $last AND hash = $hash', values) !== undefined
  } catch {
    // What cannot be read has no row.
    return false
  } finally {
    db?.close()
  }
}

/** What opening a workspace found to be lost. */
export interface Loss extends LostRows {
  /** The backup that has it; null where none has. */
  backup: string | null
}

/** How a person is told of a loss. */
export function lossFailure(loss: Loss | null): FailureInfo | null {
  if (loss === null) return null
  const { first, last, at, backup } = loss
  const values = { first, last, time: new Date(at).toISOString() }
  return backup === null
    ? message('audit-lost', values)
    : message('audit-lost', { case: 'backup', ...values, backup })
}

const countsSchema = z.record(z.string(), z.int())
const counted = {
  datasets: 'SELECT count(*) FROM dataset',
  photographs: 'SELECT count(*) FROM image WHERE removed_at IS NULL',
  runs: 'SELECT count(*) FROM run',
  decisions: 'SELECT count(*) FROM decision WHERE undone_at IS NULL',
  labels: "SELECT count(*) FROM image WHERE removed_at IS NULL AND label <> 'unlabeled'",
  drawings: 'SELECT count(*) FROM annotation',
  liveParts: 'SELECT count(*) FROM live_part',
  auditRows: 'SELECT count(*) FROM audit',
}

function countsOf(file: string): Record<string, number> | null {
  let db: Database | null = null
  try {
    db = openDatabase(file, { readonly: true })
    const columns = Object.entries(counted).map(([name, sql]) => `(${sql}) AS "${name}"`)
    return db.get(countsSchema, `SELECT ${columns.join(', ')}`) ?? null
  } catch {
    return null
  } finally {
    db?.close()
  }
}

/** What the present database has and a copy has not; `present` is null where the present one cannot be read. */
export function lossesOf(database: string, backups: string, file: string): BackupLosses {
  const copy = countsOf(backupPath(backups, file))
  if (copy === null) throw new Failure('backup-unreadable', { file })
  const present = countsOf(database)
  if (present === null) return { isPresentReadable: false, lost: {} }
  const lost = Object.entries(present).flatMap(([name, count]) =>
    count > (copy[name] ?? 0) ? [[name, count - (copy[name] ?? 0)] as const] : [],
  )
  return { isPresentReadable: true, lost: Object.fromEntries(lost) }
}

/** @throws Failure `backup-unknown` for a name that is none of a copy in the folder */
function backupPath(folder: string, file: string): string {
  const path = join(folder, file)
  if (basename(file) !== file || !listBackups(folder).some((known) => known.file === file)) {
    throw new Failure('backup-unknown', { file, folder })
  }
  return path
}

/**
 * Puts a copy in the place of the database of a workspace that nobody has open. The present database is kept among the
 * backups, as it is, so that this can be undone.
 *
 * @throws Failure `backup-unknown`, `backup-unreadable`, `workspace-in-use`, `workspace-busy`, `workspace-read-only`,
 * `disk-full`
 */
export function restoreBackup(
  dir: string,
  file: string,
  now: () => number = Date.now,
): { kept: string | null } {
  const [database, backups] = [join(dir, 'fanoscope.db'), join(dir, 'backups')]
  const path = backupPath(backups, file)
  requireWhole(path, file)
  const release = takeOwnership(dir, now)
  const partial = join(dir, `${temporaryPrefix}fanoscope.db`)
  try {
    return stored(() => {
      copyFileSync(path, partial)
      syncFileNow(partial)
      const given = numbersGivenIn(database, path)
      const kept = keepPresent(database, backups, now)
      for (const rest of ['-wal', '-shm']) rmSync(`${database}${rest}`, { force: true })
      renamePatientlyNow(partial, database)
      syncFolderNow(dir)
      beginHeadsAnew(database, 'restored', now())
      const db = openDatabase(database, { now })
      try {
        recordAudit(db, { action: 'workspace.restored', detail: { backup: file, kept, numbersGiven: given } })
        db.pragma('wal_checkpoint(TRUNCATE)')
      } finally {
        db.close()
      }
      return { kept }
    })
  } finally {
    rmSync(partial, { force: true })
    release()
  }
}

/** More results than a station gives between two daily backups. */
const resultsBetween = 1_000_000

/**
 * The newest number of a result that a receiver may have had from the present database. Where that cannot be read, one
 * far beyond those of the copy.
 */
function numbersGivenIn(database: string, copy: string): number {
  const newest = (file: string): number | null => {
    let db: Database | null = null
    try {
      db = openDatabase(file, { readonly: true })
      return hasResults(db) ? newestNumber(db) : 0
    } catch {
      return null
    } finally {
      db?.close()
    }
  }
  return newest(database) ?? (newest(copy) ?? 0) + resultsBetween
}

/** Not where the database is older than results. */
const hasResults = (db: Database): boolean =>
  db.get(z.object({}), "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'result'") !== undefined

function requireWhole(path: string, file: string): void {
  let db: Database | null = null
  try {
    db = openDatabase(path, { readonly: true })
    const answer = z.array(z.record(z.string(), z.string())).parse(db.pragma('quick_check(1)'))
    if (isWorkspaceDatabase(db) && Object.values(answer[0] ?? {})[0] === 'ok') return
  } catch (cause) {
    throw new Failure('backup-unreadable', { file }, { cause })
  } finally {
    db?.close()
  }
  throw new Failure('backup-unreadable', { file })
}

/** Failures of a copy that say nothing against the database. */
const soundThough = new Set(['disk-full', 'workspace-busy', 'workspace-read-only'])

/** @returns the name under which the present database is kept; null where there is nothing of it */
function keepPresent(database: string, backups: string, now: () => number): string | null {
  if (!existsSync(database) || statSync(database).size === 0) return null
  try {
    const db = openDatabase(database, { now })
    try {
      return backUpDatabase(db, backups, 'before-restoring')
    } finally {
      db.close()
    }
  } catch (error) {
    if (error instanceof Failure && soundThough.has(error.code)) throw error
    // It is damaged: it is kept with its log as it is.
    const name = `damaged-${new Date(now()).toISOString().replaceAll(/[:.]/g, '-')}.sqlite`
    renamePatientlyNow(database, join(backups, name))
    if (existsSync(`${database}-wal`)) renamePatientlyNow(`${database}-wal`, join(backups, `${name}-wal`))
    return name
  }
}
