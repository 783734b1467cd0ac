import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { countAudit, recordAudit } from '../../../src/main/store/audit.ts'
import { checkAudit } from '../../../src/main/store/audit-check.ts'
import { createDataset, listDatasets } from '../../../src/main/store/datasets.ts'
import { migrations } from '../../../src/main/store/migrations/index.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import {
  attachWorkspace,
  type OpenOptions,
  openWorkspace,
  type Workspace,
} from '../../../src/main/store/workspace.ts'
import { temporaryFolder } from './temporary-folder.ts'

const opened = (dir: string, options: OpenOptions): Workspace => {
  const workspace = openWorkspace(dir, options)
  onTestFinished(() => workspace.close())
  return workspace
}

/** A workspace with a dataset, and everything in its folder as text. */
function made(): string {
  const dir = join(temporaryFolder(), 'line')
  const { db, close } = openWorkspace(dir, { create: true })
  createDataset(db, { name: 'parts', layout: 'flat', source: '/photographs' })
  recordAudit(db, { action: 'image.removed', image: 1 })
  close()
  return dir
}

function contentOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true }).map(String).sort()
  return Object.fromEntries(
    names.map((name) => {
      const file = join(dir, name)
      const { mtimeMs } = statSync(file)
      return [name, `${mtimeMs} ${statSync(file).isFile() ? readFileSync(file, 'latin1') : ''}`]
    }),
  )
}

describe('a workspace that is opened read-only', () => {
  it('shows and checks what is in it, and leaves every file as it was', async () => {
    const dir = made()
    const before = contentOf(dir)
    const workspace = openWorkspace(dir, { readOnly: 'always' })
    expect(listDatasets(workspace.db).map(({ name }) => name)).toEqual(['parts'])
    expect(await verifyWorkspace(workspace)).toMatchObject({ ok: true, workspace: dir })
    workspace.close()
    expect(contentOf(dir)).toEqual(before)
  })

  it('has the newest rows of a write-ahead log that its process could not empty', () => {
    const dir = made()
    const owner = opened(dir, {})
    recordAudit(owner.db, { action: 'image.removed', image: 2 })
    const dead = join(temporaryFolder(), 'dead')
    mkdirSync(dead)
    for (const file of ['fanoscope.db', 'fanoscope.db-wal', 'audit-heads'])
      copyFileSync(join(dir, file), join(dead, file))
    expect(countAudit(opened(dead, { readOnly: 'always' }).db)).toBe(countAudit(owner.db))
  })

  it('adds nothing to the audit, which is whole as it is', async () => {
    const dir = made()
    const { db } = opened(dir, { readOnly: 'always' })
    const rows = countAudit(db)
    recordAudit(db, { action: 'export.written' })
    expect(countAudit(db)).toBe(rows)
    expect((await checkAudit(db)).breaks).toEqual([])
  })

  it('is the same for a thread, and is gone when it is closed', () => {
    const workspace = openWorkspace(made(), { readOnly: 'always' })
    const { dir, copy } = workspace
    if (copy === null) throw new Error('It has no copy.')
    const thread = attachWorkspace(dir, { copy })
    expect(thread.paths).toEqual(workspace.paths)
    expect(listDatasets(thread.db)).toHaveLength(1)
    thread.close()
    workspace.close()
    expect(existsSync(copy)).toBe(false)
  })

  it('can be looked at while another process owns it', () => {
    const dir = made()
    const owner = opened(dir, {})
    createDataset(owner.db, { name: 'more', layout: 'flat', source: '/photographs' })
    expect(listDatasets(opened(dir, { readOnly: 'always' }).db)).toHaveLength(2)
  })

  it('is refused where it is of an earlier version, and stays of that version', () => {
    const dir = join(temporaryFolder(), 'line')
    openWorkspace(dir, { create: true, migrations: migrations.slice(0, -1) }).close()
    const before = contentOf(dir)
    expect(() => openWorkspace(dir, { readOnly: 'always' })).toThrow(
      expect.objectContaining({
        code: 'workspace-read-only',
        params: expect.objectContaining({ case: 'older', version: migrations.length - 1 }),
      }),
    )
    expect(contentOf(dir)).toEqual(before)
  })

  it('is not made where there is none', () => {
    const dir = join(temporaryFolder(), 'nothing')
    expect(() => openWorkspace(dir, { create: true, readOnly: 'always' })).toThrow(
      expect.objectContaining({ code: 'workspace-not-found' }),
    )
    expect(existsSync(dir)).toBe(false)
  })
})

/** A disk that nobody can write takes a name space of one's own, which only Linux has and not every system allows. */
const mayNotMount =
  spawnSync('unshare', ['-Urm', 'sh', '-c', `mount -t tmpfs -o size=64k none "${tmpdir()}"`]).status !== 0

/** Opens a workspace on a write-protected disk in a process of its own, which prints how many datasets it has. */
function onProtectedDisk(dir: string, readOnly: string): { status: number | null; stdout: string } {
  const place = join(import.meta.dirname, '../../../src/main/store')
  const program = `
    const { openWorkspace } = await import('${place}/workspace.ts')
    const { listDatasets } = await import('${place}/datasets.ts')
    try {
      const workspace = openWorkspace(process.argv[1], { readOnly: '${readOnly}' })
      console.log(listDatasets(workspace.db).length, workspace.copy === null)
      workspace.close()
    } catch (error) { console.log(error.code) }`
  const script =
    'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$0" --input-type=module -e "$2" "$1"'
  return spawnSync('unshare', ['-Urm', 'sh', '-c', script, process.execPath, dir, program], {
    encoding: 'utf8',
  })
}

describe.skipIf(mayNotMount)('a workspace on a write-protected disk', () => {
  it('opens read-only by itself where that is allowed', () => {
    expect(onProtectedDisk(made(), 'if-needed')).toMatchObject({ status: 0, stdout: '1 false\n' })
  })

  it('is refused to whoever wants to change it', () => {
    expect(onProtectedDisk(made(), 'never')).toMatchObject({ status: 0, stdout: 'workspace-read-only\n' })
  })
})
