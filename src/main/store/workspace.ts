import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { stored } from '../platform/storage-errors.ts'
import { recordAudit } from './audit.ts'
import { beginHeadsAnew, lostRows } from './audit-heads.ts'
import { listBackups } from './backup-list.ts'
import { type BlobStore, createBlobStore } from './blob-store.ts'
import { type Database, openDatabase } from './database.ts'
import { backUpDatabase, backupWith, type Loss } from './database-backups.ts'
import { isWorkspaceDatabase, type Migration, migrate, newestVersion, versionOf } from './migrate.ts'
import { migrations as released } from './migrations/index.ts'
import { takeOwnership } from './owner.ts'
import { copyDatabase, removeCopy } from './read-only-copy.ts'
import { recover } from './recovery.ts'
import { keepRowSums, rebuildRowSums } from './row-sums.ts'
import { beginTelling } from './told/begin-telling.ts'
import { tellRows } from './told/tell-rows.ts'

/** Absolute paths inside a workspace. */
export interface WorkspacePaths {
  database: string
  images: string
  runs: string
  backups: string
  logs: string
  /** Can be deleted at any time. */
  cache: string
}

/** An open workspace: a folder with everything that belongs to it, which can be copied and opened elsewhere. */
export interface Workspace {
  /** Absolute. */
  dir: string
  db: Database
  blobs: BlobStore
  paths: WorkspacePaths
  /** The absolute path for a relative path from the database. */
  path(relativePath: string): string
  /** Rows of the audit that were stored and are gone, as this opening found; null where none are. */
  lost: Loss | null
  /**
   * Where the workspace is read-only: the folder of this process with a copy of its database, and with what would else
   * be written into it. Null where it can be changed.
   */
  copy: string | null
  close(): void
}

/** What another connection to an open workspace needs to know. */
export type WorkspacePlace = Pick<Workspace, 'dir' | 'copy'>

export interface OpenOptions {
  /** Makes the workspace where the folder is absent or empty. */
  create?: boolean
  /**
   * Whether it is opened to be looked at, checked and exported from, and never written: by default never; `if-needed`
   * where it cannot be written.
   */
  readOnly?: ReadOnly
  now?: () => number
  /** Milliseconds since the computer was started. */
  sinceStart?: () => number
  /** Migrations other than the released ones, for tests. */
  migrations?: readonly Migration[]
}

export type ReadOnly = 'never' | 'if-needed' | 'always'

/**
 * Rights of a new workspace's folder, of the folders in it and of its database: nobody else can reach what is below.
 * Windows has the rights of the parent.
 */
const [ownerOnly, ownerOnlyFile] = [0o700, 0o600]

/** Files that operating systems create in every folder. */
const ignorable = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '.directory'])

/** @param own where files are that this process writes: the workspace, or what takes its place */
const pathsOf = (dir: string, own = dir): WorkspacePaths => ({
  database: join(own, 'fanoscope.db'),
  images: join(dir, 'images'),
  runs: join(dir, 'runs'),
  backups: join(dir, 'backups'),
  logs: join(own, 'logs'),
  cache: join(own, 'cache'),
})

/** Whether a folder holds a workspace. */
export const isWorkspace = (dir: string): boolean => existsSync(pathsOf(resolve(dir)).database)

function prepareFolder(dir: string, create: boolean): void {
  const paths = pathsOf(dir)
  if (existsSync(dir) && !stored(() => statSync(dir)).isDirectory()) {
    throw new Failure('workspace-not-a-folder', { folder: dir })
  }
  if (isWithoutDatabase(paths)) {
    if (holdsFiles(paths.images) || holdsFiles(paths.runs)) throw databaseLost(dir, paths)
  }
  if (!existsSync(paths.database)) {
    if (!create) {
      throw new Failure('workspace-not-found', { folder: dir })
    }
    const others = existsSync(dir)
      ? stored(() => readdirSync(dir)).filter((name) => !ignorable.has(name) && !name.startsWith('owner.'))
      : []
    if (others.length > 0) {
      throw new Failure('workspace-folder-not-empty', { folder: dir })
    }
    // Everything in it is for its owner alone: photographs of products, names, decisions.
    stored(() => {
      mkdirSync(dir, { recursive: true, mode: ownerOnly })
      chmodSync(dir, ownerOnly)
    })
  }
}

/** Nothing is left of a file of length zero, which SQLite would take for a new database. */
const isWithoutDatabase = ({ database }: WorkspacePaths): boolean =>
  !existsSync(database) || stored(() => statSync(database)).size === 0

/** Whether a folder of a workspace holds something that only the database could explain. */
function holdsFiles(folder: string): boolean {
  if (!existsSync(folder)) return false
  return stored(() => readdirSync(folder, { withFileTypes: true })).some(
    (entry) =>
      !ignorable.has(entry.name) &&
      (entry.isFile() || (entry.name !== 'staging' && readdirSync(join(folder, entry.name)).length > 0)),
  )
}

/** A new database in its place would make all photographs look as if nobody needed them. */
function databaseLost(dir: string, { backups }: WorkspacePaths): Failure {
  const [newest] = listBackups(backups)
  return newest === undefined
    ? new Failure('workspace-database-lost', { folder: dir })
    : new Failure('workspace-database-lost', {
        case: 'backup',
        folder: dir,
        backup: newest.file,
        time: new Date(newest.at).toISOString(),
      })
}

function openOwn(
  paths: WorkspacePaths,
  clocks: Pick<OpenOptions, 'now' | 'sinceStart'>,
  migrations: readonly Migration[],
): Database {
  let db: Database
  try {
    // SQLite gives what it writes beside it the same rights.
    if (!existsSync(paths.database)) stored(() => closeSync(openSync(paths.database, 'wx', ownerOnlyFile)))
    db = openDatabase(paths.database, clocks)
  } catch (error) {
    throw unreadable(paths.database, error)
  }
  try {
    if (!isWorkspaceDatabase(db)) throw unreadable(paths.database)
    const version = versionOf(db)
    if (version === 0 && (holdsFiles(paths.images) || holdsFiles(paths.runs))) {
      throw databaseLost(resolve(paths.database, '..'), paths)
    }
    if (version > 0 && version < newestVersion(migrations))
      backUpDatabase(db, paths.backups, `version-${version}`)
    migrate(db, migrations)
    // A migration changes rows without their sums.
    if (version < newestVersion(migrations)) rebuildRowSums(db)
    keepRowSums(db)
    beginTelling(db, (detail) => recordAudit(db, { action: 'audit.told', detail }))
    tellRows(db, () => recordAudit(db, { action: 'rows.stored' }))
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function unreadable(file: string, cause?: unknown): Failure {
  if (cause instanceof Failure && cause.code !== 'workspace-damaged') return cause
  return new Failure('workspace-unreadable', { file }, { cause })
}

/**
 * Looks whether everything is there that was once confirmed. A loss is told at this opening, and stays in the audit;
 * the numbers of the lost rows are given again from here on.
 */
function findLoss(db: Database, { backups }: WorkspacePaths): Loss | null {
  const lost = lostRows(db)
  if (lost === null) return null
  const loss = { ...lost, backup: backupWith(backups, lost) }
  const { first, last, at } = lost
  beginHeadsAnew(db.file, 'lost', db.now())
  recordAudit(db, { action: 'audit.lost', detail: { first, last, at } })
  return loss
}

function assemble(
  { dir, copy }: WorkspacePlace,
  db: Database,
  close: () => void,
  lost: Loss | null = null,
): Workspace {
  return {
    dir,
    copy,
    lost,
    db,
    blobs: createBlobStore(dir),
    paths: pathsOf(dir, copy ?? dir),
    path(relativePath) {
      const path = resolve(dir, relativePath)
      const inside = relative(dir, path)
      if (inside.startsWith('..') || isAbsolute(inside)) {
        throw new RangeError(`${relativePath} lies outside the workspace`)
      }
      return path
    },
    close,
  }
}

/**
 * Opens a workspace, or makes it if `create` is set. This process owns it until `close`.
 *
 * @throws Failure `workspace-not-found`, `workspace-not-a-folder`, `workspace-folder-not-empty`,
 * `workspace-database-lost`, `workspace-in-use`, `workspace-unreadable`, `workspace-newer`, `disk-full`, `workspace-read-only`
 */
export function openWorkspace(folder: string, options: OpenOptions = {}): Workspace {
  const { readOnly = 'never' } = options
  const dir = resolve(folder)
  if (readOnly === 'always') return openReadOnly(dir, options)
  try {
    return openOwned(dir, options)
  } catch (error) {
    if (readOnly === 'never' || !isWorkspace(dir) || !cannotBeWritten(error)) throw error
    return openReadOnly(dir, options)
  }
}

/** Whether the rights of a folder, or the disk, are the cause. A file that cannot be made has no code of its own. */
function cannotBeWritten(error: unknown): boolean {
  if (!(error instanceof Failure)) return false
  const { code, cause } = error
  return (
    code === 'workspace-read-only' ||
    (cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_CANTOPEN')
  )
}

/** A copy of a database that was never migrated or is of another version could be read wrongly, and cannot be put right. */
function requireVersion(db: Database, dir: string, migrations: readonly Migration[]): void {
  const [version, newest] = [versionOf(db), newestVersion(migrations)]
  if (version > newest) throw new Failure('workspace-newer', { version, newest })
  if (version < newest)
    throw new Failure('workspace-read-only', { case: 'older', folder: dir, version, newest })
}

function openReadOnly(dir: string, { now = Date.now, migrations = released }: OpenOptions): Workspace {
  prepareFolder(dir, false)
  const database = pathsOf(dir).database
  const copy = copyDatabase(database)
  try {
    const paths = pathsOf(dir, copy)
    const db = openCopy(paths.database, database, now)
    try {
      if (!isWorkspaceDatabase(db)) throw unreadable(database)
      requireVersion(db, dir, migrations)
      keepRowSums(db)
      // They are jobs of a process that has ended, or of another one, which this one cannot stop.
      db.run(`UPDATE job SET state = 'interrupted', pid = NULL WHERE state IN ('running', 'queued')`)
      const lost = lostRows(db)
      const loss = lost && { ...lost, backup: backupWith(paths.backups, lost) }
      let isOpen = true
      const close = (): void => {
        if (!isOpen) return
        isOpen = false
        db.close()
        removeCopy(copy)
      }
      return assemble({ dir, copy }, db, close, loss)
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    removeCopy(copy)
    throw error
  }
}

function openCopy(file: string, copyOf: string, now: () => number): Database {
  try {
    return openDatabase(file, { now, copyOf })
  } catch (error) {
    throw unreadable(copyOf, error)
  }
}

function openOwned(dir: string, options: OpenOptions): Workspace {
  const { create = false, now = Date.now, sinceStart, migrations = released } = options
  prepareFolder(dir, create)
  const release = takeOwnership(dir, now)
  try {
    const paths = pathsOf(dir)
    const db = openOwn(paths, { now, ...(sinceStart && { sinceStart }) }, migrations)
    try {
      stored(() => {
        for (const path of [paths.images, paths.runs, paths.backups, paths.logs, paths.cache]) {
          mkdirSync(path, { recursive: true, mode: ownerOnly })
        }
      })
      let isOpen = true
      const lost = findLoss(db, paths)
      const close = (): void => {
        if (!isOpen) return
        isOpen = false
        try {
          // This empties the write-ahead log, so that the folder can be copied as it is.
          db.pragma('wal_checkpoint(TRUNCATE)')
        } finally {
          db.close()
          release()
        }
      }
      const workspace = assemble({ dir, copy: null }, db, close, lost)
      recover(db, workspace)
      return workspace
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    release()
    throw error
  }
}

/** A path without the links that lead to it, also where its end does not exist yet. */
function realPathOf(path: string): string {
  if (existsSync(path) || dirname(path) === path) return realpathSync(path)
  return join(realPathOf(dirname(path)), basename(path))
}

const isBelow = (folder: string, real: string): boolean => {
  const below = relative(realPathOf(folder), real)
  return !below.startsWith('..') && !isAbsolute(below)
}

/**
 * For what is written for others: a file among those that only the workspace writes would be taken for damage, and one
 * in a watched folder for a photograph of the camera.
 * @throws Failure `inside-workspace`, `inside-watched`
 */
export function requireOutside(
  { db, dir, paths }: Pick<Workspace, 'db' | 'dir' | 'paths'>,
  target: string,
): void {
  const real = realPathOf(resolve(target))
  const { database, ...folders } = paths
  if ([database, ...Object.values(folders)].some((own) => isBelow(own, real))) {
    throw new Failure('inside-workspace', { target, folder: dir })
  }
  const watched = db.all(z.object({ folder: z.string() }), 'SELECT folder FROM live_watch WHERE active = 1')
  for (const { folder } of watched) {
    if (isBelow(folder, real)) throw new Failure('inside-watched', { target, folder })
  }
}

/**
 * Opens another connection to a workspace that is already owned: for a thread of the owner, or for a short
 * transaction of another process of the same machine.
 */
export function attachWorkspace(
  folder: string,
  { copy = null, ...options }: { now?: () => number; copy?: string | null } = {},
): Workspace {
  const dir = resolve(folder)
  const copyOf = copy === null ? null : pathsOf(dir).database
  const db = openDatabase(pathsOf(dir, copy ?? dir).database, { ...options, copyOf })
  try {
    keepRowSums(db)
    if (copyOf === null) tellRows(db, () => recordAudit(db, { action: 'rows.stored' }))
  } catch (error) {
    db.close()
    throw error
  }
  return assemble({ dir, copy }, db, () => db.close())
}
