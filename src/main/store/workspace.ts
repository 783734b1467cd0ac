import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { stored } from '../platform/storage-errors.ts'
import { recordAudit } from './audit.ts'
import { beginHeadsAnew, type LostRows, lostRows } from './audit-heads.ts'
import { listBackups } from './backup-list.ts'
import { type BlobStore, createBlobStore } from './blob-store.ts'
import { type Database, openDatabase } from './database.ts'
import { backUpDatabase } from './database-backups.ts'
import { isWorkspaceDatabase, type Migration, migrate, newestVersion, versionOf } from './migrate.ts'
import { migrations as released } from './migrations/index.ts'
import { takeOwnership } from './owner.ts'
import { recover } from './recovery.ts'

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
  lost: LostRows | null
  close(): void
}

export interface OpenOptions {
  /** Makes the workspace where the folder is absent or empty. */
  create?: boolean
  now?: () => number
  /** Migrations other than the released ones, for tests. */
  migrations?: readonly Migration[]
}

/** Rights of a new workspace's folder: nobody else can reach what is below it. Windows has the rights of its parent. */
const ownerOnly = 0o700

/** Files that operating systems create in every folder. */
const ignorable = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '.directory'])

const pathsOf = (dir: string): WorkspacePaths => ({
  database: join(dir, 'fanoscope.db'),
  images: join(dir, 'images'),
  runs: join(dir, 'runs'),
  backups: join(dir, 'backups'),
  logs: join(dir, 'logs'),
  cache: join(dir, 'cache'),
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

function openOwn(paths: WorkspacePaths, now: () => number, migrations: readonly Migration[]): Database {
  let db: Database
  try {
    db = openDatabase(paths.database, { now })
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
function findLoss(db: Database): LostRows | null {
  const lost = lostRows(db)
  if (lost === null) return null
  beginHeadsAnew(db.file, 'lost', db.now())
  recordAudit(db, { action: 'audit.lost', detail: { ...lost } })
  return lost
}

function assemble(dir: string, db: Database, close: () => void, lost: LostRows | null = null): Workspace {
  return {
    dir,
    lost,
    db,
    blobs: createBlobStore(dir),
    paths: pathsOf(dir),
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
  const { create = false, now = Date.now, migrations = released } = options
  const dir = resolve(folder)
  prepareFolder(dir, create)
  const release = takeOwnership(dir, now)
  try {
    const paths = pathsOf(dir)
    const db = openOwn(paths, now, migrations)
    try {
      stored(() => {
        for (const path of [paths.images, paths.runs, paths.backups, paths.logs, paths.cache]) {
          mkdirSync(path, { recursive: true })
        }
      })
      let isOpen = true
      const lost = findLoss(db)
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
      const workspace = assemble(dir, db, close, lost)
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

/**
 * For what is written for others: a file among those that only the workspace writes would be taken for damage.
 * @throws Failure `inside-workspace`
 */
export function requireOutside({ dir, paths }: Pick<Workspace, 'dir' | 'paths'>, target: string): void {
  const real = realPathOf(resolve(target))
  const { database, ...folders } = paths
  for (const own of [database, ...Object.values(folders)]) {
    const below = relative(realPathOf(own), real)
    if (!below.startsWith('..') && !isAbsolute(below)) {
      throw new Failure('inside-workspace', { target, folder: dir })
    }
  }
}

/**
 * Opens another connection to a workspace that is already owned: for a thread of the owner, or for a short
 * transaction of another process of the same machine.
 */
export function attachWorkspace(folder: string, options: { now?: () => number } = {}): Workspace {
  const dir = resolve(folder)
  const db = openDatabase(pathsOf(dir).database, options)
  return assemble(dir, db, () => db.close())
}
