import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { copyFileSynced, writeFileDurably } from '../../../src/main/platform/durable-file.ts'
import { openLog } from '../../../src/main/platform/log.ts'
import { backupWorkspace } from '../../../src/main/store/backup.ts'
import { backUpDatabase } from '../../../src/main/store/database-backups.ts'
import { listDatasets } from '../../../src/main/store/datasets.ts'
import { createJob, findJob, startJob } from '../../../src/main/store/jobs.ts'
import { beginWatch, endWatch } from '../../../src/main/store/live.ts'
import { newestVersion } from '../../../src/main/store/migrate.ts'
import { migrations } from '../../../src/main/store/migrations/index.ts'
import { createRun, findRun, setRunState } from '../../../src/main/store/runs.ts'
import {
  attachWorkspace,
  isWorkspace,
  openWorkspace,
  requireOutside,
} from '../../../src/main/store/workspace.ts'
import { freshWorkspace, stockedWorkspace } from './stocked-workspace.ts'
import { temporaryFolder } from './temporary-folder.ts'

const code = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

/** A second program that holds the workspace. */
async function holder(dir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-workspace.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [chunk] = await once(child.stdout, 'data')
  expect(String(chunk)).toBe('open\n')
  return child
}

describe('making a workspace', () => {
  it('makes the folder with everything that the design names', () => {
    const { dir, paths } = freshWorkspace()
    expect(readdirSync(dir)).toEqual(
      expect.arrayContaining(['fanoscope.db', 'images', 'runs', 'backups', 'logs']),
    )
    expect(isWorkspace(dir)).toBe(true)
    expect(paths.database).toBe(join(dir, 'fanoscope.db'))
  })

  it('keeps a confirmed row through a power cut: WAL, synchronous FULL, foreign keys', () => {
    const { db } = freshWorkspace()
    expect(db.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(db.pragma('synchronous')).toEqual([{ synchronous: 2 }])
    expect(db.pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }])
  })

  it('is not made in a folder that holds other files', () => {
    const dir = temporaryFolder()
    writeFileSync(join(dir, 'letter.txt'), 'keep me')
    expect(code(() => openWorkspace(dir, { create: true }))).toBe('workspace-folder-not-empty')
    expect(readdirSync(dir)).toEqual(['letter.txt'])
  })

  it('does not mind what an operating system leaves in an empty folder', () => {
    const dir = temporaryFolder()
    writeFileSync(join(dir, '.DS_Store'), '')
    openWorkspace(dir, { create: true }).close()
    expect(isWorkspace(dir)).toBe(true)
  })

  it('is not made anew in the place of a lost database, and says where the way back is', async () => {
    const { workspace } = await stockedWorkspace(1)
    const { dir, paths } = workspace
    workspace.close()
    const harm: Record<string, () => void> = {
      empty: () => writeFileSync(paths.database, ''),
      missing: () => rmSync(paths.database),
      'without tables': () => new Sqlite(paths.database).exec('CREATE TABLE t (a); DROP TABLE t').close(),
    }
    for (const act of Object.values(harm)) {
      act()
      for (const create of [true, false]) {
        expect(() => openWorkspace(dir, { create })).toThrow(
          expect.objectContaining({ code: 'workspace-database-lost' }),
        )
      }
    }
    writeFileSync(join(paths.backups, 'fanoscope-1.db'), 'a backup')
    expect(() => openWorkspace(dir)).toThrow(
      expect.objectContaining({
        params: expect.objectContaining({ case: 'backup', backup: 'fanoscope-1.db' }),
      }),
    )
  })

  it('is only made when asked for', () => {
    const dir = join(temporaryFolder(), 'none')
    expect(code(() => openWorkspace(dir))).toBe('workspace-not-found')
    expect(existsSync(dir)).toBe(false)
  })

  it('names a file in the place of a folder', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(code(() => openWorkspace(file, { create: true }))).toBe('workspace-not-a-folder')
  })
})

describe('opening a workspace', () => {
  it('finds what was stored', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    workspace.close()
    const again = openWorkspace(workspace.dir)
    onTestFinished(() => again.close())
    expect(listDatasets(again.db)).toEqual([dataset])
  })

  it('opens a copy of the folder in another place', async () => {
    const { workspace, dataset } = await stockedWorkspace(2)
    workspace.close()
    const copy = join(temporaryFolder(), 'copy')
    cpSync(workspace.dir, copy, { recursive: true })
    const opened = openWorkspace(copy)
    onTestFinished(() => opened.close())
    expect(listDatasets(opened.db)).toEqual([dataset])
  })

  it('leaves no log beside the database when closed', () => {
    const { dir, close } = freshWorkspace()
    close()
    expect(readdirSync(dir).filter((name) => /-wal|-shm|owner.json/.test(name))).toEqual([])
  })

  it('refuses a database of a later version and leaves it as it is', () => {
    const { dir, db, close } = freshWorkspace()
    db.pragma('user_version = 99')
    close()
    expect(code(() => openWorkspace(dir))).toBe('workspace-newer')
    expect(new Sqlite(join(dir, 'fanoscope.db')).pragma('user_version', { simple: true })).toBe(99)
  })

  it('refuses what is no database, and another program’s database', () => {
    const dir = temporaryFolder()
    writeFileSync(join(dir, 'fanoscope.db'), 'these are not the bytes of a database'.repeat(100))
    expect(code(() => openWorkspace(dir))).toBe('workspace-unreadable')
    const other = temporaryFolder()
    const database = new Sqlite(join(other, 'fanoscope.db'))
    database.exec('CREATE TABLE songs (title TEXT)')
    database.close()
    expect(code(() => openWorkspace(other))).toBe('workspace-unreadable')
  })

  it('backs the database up before a migration, and migrates', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    workspace.close()
    const next = {
      version: newestVersion(migrations) + 1,
      name: 'shift',
      sql: 'CREATE TABLE shift (id INTEGER PRIMARY KEY) STRICT',
    }
    const migrated = openWorkspace(workspace.dir, { migrations: [...migrations, next] })
    onTestFinished(() => migrated.close())
    expect(migrated.db.pragma('user_version')).toEqual([{ user_version: newestVersion(migrations) + 1 }])
    const [backup = ''] = readdirSync(migrated.paths.backups)
    const old = new Sqlite(join(migrated.paths.backups, backup), { readonly: true })
    onTestFinished(() => void old.close())
    expect(old.pragma('user_version', { simple: true })).toBe(newestVersion(migrations))
    expect(old.prepare('SELECT id FROM dataset').all()).toEqual([{ id: dataset.id }])
  })

  it('stays at the old version when a migration fails', async () => {
    const { workspace } = await stockedWorkspace(1)
    workspace.close()
    const broken = {
      version: newestVersion(migrations) + 1,
      name: 'broken',
      sql: 'CREATE TABLE half (id INTEGER) STRICT; SELECT nonsense',
    }
    expect(code(() => openWorkspace(workspace.dir, { migrations: [...migrations, broken] }))).not.toBe('none')
    const again = openWorkspace(workspace.dir)
    onTestFinished(() => again.close())
    expect(again.db.all(z.object({}), `SELECT 1 FROM sqlite_schema WHERE name = 'half'`)).toEqual([])
  })

  it('keeps what is written for others out of its own folders, also by a link', () => {
    const workspace = freshWorkspace()
    const link = join(temporaryFolder(), 'link')
    symlinkSync(workspace.paths.images, link)
    for (const inside of [
      join(workspace.paths.images, 'export'),
      join(workspace.paths.runs, 'a', 'b', 'c'),
      join(link, 'export.csv'),
      workspace.paths.database,
    ]) {
      expect(() => requireOutside(workspace, inside)).toThrow(
        expect.objectContaining({ code: 'inside-workspace' }),
      )
    }
    requireOutside(workspace, join(workspace.dir, 'exports', 'a'))
    requireOutside(workspace, temporaryFolder())
  })

  it('keeps what is written for others out of the folder that a line watches', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const run = createRun(workspace.db, {
      datasetId: dataset.id,
      model: 'fanogan',
      preset: 'smoke',
      seed: 1,
      config: {},
      stepsTotal: 1,
    })
    const folder = temporaryFolder()
    const values = { folder, resultFolder: temporaryFolder(), runId: run.id, datasetId: dataset.id }
    const { id } = beginWatch(workspace.db, values, null)
    expect(code(() => requireOutside(workspace, join(folder, 'tables.csv')))).toBe('inside-watched')
    endWatch(workspace.db, id)
    requireOutside(workspace, join(folder, 'tables.csv'))
  })

  it.skipIf(process.platform === 'win32')(
    'is for its owner alone, with every file and folder in it',
    async () => {
      const { workspace, images } = await stockedWorkspace(2)
      const { dir, db, paths } = workspace
      expect(images).toHaveLength(2)
      await writeFileDurably(join(paths.runs, 'r-1', 'model', 'weights.safetensors'), 'weights')
      backUpDatabase(db, paths.backups, 'asked')
      openLog(paths.logs).close()
      const copy = join(temporaryFolder(), 'copy')
      await backupWorkspace(workspace, copy)
      for (const folder of [dir, copy]) {
        const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        expect(inside.length).toBeGreaterThan(5)
        const open = ['', ...inside].filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
        expect(open.filter((name) => name !== 'owner.lock')).toEqual([])
      }
    },
  )

  it.skipIf(process.platform === 'win32')('gives what is written elsewhere the usual rights', async () => {
    const shared = join(temporaryFolder(), 'shared')
    mkdirSync(shared)
    chmodSync(shared, 0o755)
    const from = join(temporaryFolder(), 'private')
    writeFileSync(from, 'weights', { mode: 0o600 })
    await copyFileSynced(from, join(shared, 'model', 'copy'))
    await writeFileDurably(join(shared, 'table.csv'), 'a,b')
    const rights = (name: string) => statSync(join(shared, name)).mode & 0o777
    const [file, folder] = [0o666 & ~process.umask(), 0o777 & ~process.umask()]
    expect(['model/copy', 'table.csv', 'model'].map(rights)).toEqual([file, file, folder])
  })

  it('has no way out of its folder', () => {
    const { path, dir } = freshWorkspace()
    expect(path('runs/a/maps/1.png')).toBe(join(dir, 'runs', 'a', 'maps', '1.png'))
    expect(() => path('../elsewhere')).toThrow(RangeError)
    expect(() => path('/etc/passwd')).toThrow(RangeError)
  })
})

describe('the one owner', () => {
  it('is named to a second opener in the same process', () => {
    const { dir } = freshWorkspace()
    expect(() => openWorkspace(dir)).toThrow(new RegExp(`already open by process ${process.pid} `))
    expect(code(() => openWorkspace(dir))).toBe('workspace-in-use')
  })

  it('is named to a second process, and its lock ends with it when it is killed', async () => {
    const { dir, close } = freshWorkspace()
    close()
    const child = await holder(dir)
    expect(() => openWorkspace(dir)).toThrow(new RegExp(`by process ${child.pid} on `))
    child.kill('SIGKILL')
    await once(child, 'exit')
    openWorkspace(dir).close()
  })

  it('keeps its lock when another opener was turned away', () => {
    const { dir } = freshWorkspace()
    expect(code(() => openWorkspace(dir))).toBe('workspace-in-use')
    expect(code(() => openWorkspace(dir))).toBe('workspace-in-use')
  })

  it('lets its own threads have connections of their own', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const attached = attachWorkspace(workspace.dir)
    expect(listDatasets(attached.db)).toEqual([dataset])
    attached.close()
  })
})

describe('after a crash', () => {
  it('marks runs and jobs that were under way as interrupted, and nothing else', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const { db } = workspace
    const values = {
      datasetId: dataset.id,
      model: 'fanogan',
      preset: 'smoke',
      seed: 1,
      config: {},
      stepsTotal: 9,
    }
    const training = createRun(db, values)
    const trained = createRun(db, values)
    setRunState(db, training.id, 'training')
    setRunState(db, trained.id, 'training')
    setRunState(db, trained.id, 'trained')
    const running = createJob(db, { kind: 'train', payload: {}, runId: training.id })
    const queued = createJob(db, { kind: 'train', payload: {} })
    startJob(db, running.id, 123)
    workspace.close()

    const again = openWorkspace(workspace.dir)
    onTestFinished(() => again.close())
    expect(findRun(again.db, training.id)).toMatchObject({
      state: 'interrupted',
      failure: { code: 'interrupted' },
    })
    expect(findRun(again.db, trained.id).state).toBe('trained')
    expect(findJob(again.db, running.id)).toMatchObject({ state: 'interrupted', pid: null })
    expect(findJob(again.db, queued.id).state).toBe('queued')
  })

  it('removes staged and half-published files, and keeps listed ones', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { blobs, dir, paths } = workspace
    const source = join(temporaryFolder(), 'a.bin')
    writeFileSync(source, 'published, but its row was never written')
    const staged = blobs.stage(source)
    blobs.publish([{ staged, format: 'png' }])
    writeFileSync(source, 'staged only')
    blobs.stage(source)
    expect(blobs.has(staged.sha256, 'png')).toBe(true)
    workspace.close()

    const again = openWorkspace(dir)
    onTestFinished(() => again.close())
    expect(again.blobs.has(staged.sha256, 'png')).toBe(false)
    expect(readdirSync(join(paths.images, 'staging'))).toEqual([])
    const kept = again.db.all(z.object({ sha256: z.string() }), 'SELECT sha256 FROM blob')
    expect(kept.map(({ sha256 }) => again.blobs.has(sha256, 'png'))).toEqual([true, true])
  })
})

describe('a disk that is full', () => {
  it('is said so when the database cannot grow, and what was confirmed stays', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const { db } = workspace
    const pages =
      z.array(z.object({ page_count: z.int() })).parse(db.pragma('page_count'))[0]?.page_count ?? 0
    db.pragma(`max_page_count = ${pages}`)
    const fill = (): void => {
      for (let i = 0; i < 1000; i++) createJob(db, { kind: 'import', payload: { text: 'x'.repeat(4000) } })
    }
    expect(code(fill)).toBe('disk-full')
    expect(listDatasets(db)).toEqual([dataset])
  })
})

describe.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a folder that cannot be written',
  () => {
    it('is said so', () => {
      const dir = join(temporaryFolder(), 'locked')
      mkdirSync(dir, { mode: 0o500 })
      expect(statSync(dir).isDirectory()).toBe(true)
      expect(code(() => openWorkspace(join(dir, 'line'), { create: true }))).toBe('workspace-read-only')
    })
  },
)
