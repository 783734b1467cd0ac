import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changeVersion, recoverVersions } from '../../../../src/main/features/update/change-version.ts'
import { formerWorkspace } from '../../../../src/main/features/update/former-workspace.ts'
import { lookAt } from '../../../../src/main/features/update/offer.ts'
import { prepareUpdate } from '../../../../src/main/features/update/prepare-update.ts'
import { recordDone } from '../../../../src/main/features/update/update-audit.ts'
import { isChanging, lastUpdate, noteChange } from '../../../../src/main/features/update/update-notes.ts'
import { holdVersions, pointAt, pointedVersion } from '../../../../src/main/features/update/versions.ts'
import type { Installation } from '../../../../src/main/platform/installation.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import { backUpDatabase, restoreBackup } from '../../../../src/main/store/database-backups.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { installed, newKeys, packedBundle, programs } from './small-bundle.ts'

const actions = ['update.started', 'update.done', 'update.failed']

describe.skipIf(process.platform === 'win32')('changing the version', () => {
  const keys = newKeys(sharedFolder())
  const present = () => installed(join(temporaryFolder(), '厂区 3'), { version: '1.0.0', keys })
  const newWorkspace = (): string => {
    const dir = join(temporaryFolder(), '工作区 1')
    openWorkspace(dir, { create: true }).close()
    return dir
  }

  /** Everything that an update does, with the workspace that is closed again before the new version is started. */
  async function update(installation: Installation, dir: string | null, program: string, version = '1.1.0') {
    const stick = temporaryFolder()
    await packedBundle(stick, { version, keys, program })
    const workspace = dir === null ? null : openWorkspace(dir)
    const change = await prepareUpdate(installation, await lookAt(stick, installation), {
      present: () => workspace,
      operator: 'Li Na',
      whileWatching: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    })
    workspace?.close()
    return changeVersion(installation, change)
  }
  const startedVersion = ({ home }: Installation): string =>
    spawnSync(join(home, 'fanoscope'), ['--version'], { encoding: 'utf8' }).stdout
  const audited = (dir: string) => {
    const workspace = openWorkspace(dir)
    try {
      return listAudit(workspace.db, {})
        .filter(({ action }) => actions.includes(action))
        .map(({ action, operator, detail }) => ({ action, operator, detail }))
        .reverse()
    } finally {
      workspace.close()
    }
  }
  async function expectWhole(dir: string): Promise<void> {
    const workspace = openWorkspace(dir)
    try {
      const report = await verifyWorkspace(workspace, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
      })
      expect(report.problems).toEqual([])
      expect((await checkAudit(workspace.db, null)).breaks).toEqual([])
    } finally {
      workspace.close()
    }
  }

  it('starts the new one from then on, with a copy of the database, and says so in the audit', async () => {
    const [installation, dir] = [await present(), newWorkspace()]
    expect(startedVersion(installation)).toBe('1.0.0')
    expect(await update(installation, dir, programs.works)).toBeNull()
    expect(startedVersion(installation)).toBe('1.1.0')
    expect(readdirSync(join(dir, 'backups')).filter((name) => name.includes('before-update'))).toHaveLength(1)
    const opened = openWorkspace(dir)
    recordDone(opened.db, '1.0.0')
    recordDone(opened.db, '1.1.0')
    recordDone(opened.db, '1.1.0')
    opened.close()
    expect(audited(dir)).toEqual([
      {
        action: 'update.started',
        operator: 'Li Na',
        detail: { from: '1.0.0', to: '1.1.0', commit: 'a'.repeat(40), whileWatching: false },
      },
      { action: 'update.done', operator: null, detail: { version: '1.1.0' } },
    ])
    await expectWhole(dir)
    expect(lastUpdate(installation)).toMatchObject({ from: '1.0.0', to: '1.1.0', failure: null })
    expect(isChanging(installation)).toBe(false)
  })

  it.each([
    ['ends with an error', programs.fails, 'TensorFlow is missing'],
    ['ends by a signal', "process.kill(process.pid, 'SIGKILL')", 'exit code'],
    ['is another version than it says', programs.anotherVersion, '9.9.9'],
    ['prints what it should not', "process.stdout.write('hello'); process.exit(0)", 'hello'],
  ])('goes on with the old one where the new one %s, and says so', async (_what, program, words) => {
    const [installation, dir] = [await present(), newWorkspace()]
    const failure = await update(installation, dir, program)
    expect(failure).toMatchObject({ code: 'update-did-not-start', params: { version: '1.1.0' } })
    expect(failure?.params.words).toContain(words)
    expect(startedVersion(installation)).toBe('1.0.0')
    expect(pointedVersion(installation)).toBeNull()
    expect(existsSync(join(installation.versions, '1.1.0'))).toBe(false)
    expect(lastUpdate(installation)?.failure).toEqual(failure)
    expect(audited(dir).at(-1)).toMatchObject({
      action: 'update.failed',
      detail: { from: '1.0.0', to: '1.1.0', code: 'update-did-not-start' },
    })
    await expectWhole(dir)
  })

  it('brings back the workspace that a version migrated which then did not start', async () => {
    const [installation, dir] = [await present(), newWorkspace()]
    expect(await update(installation, dir, programs.migratesAndFails)).toMatchObject({
      code: 'update-did-not-start',
    })
    expect(audited(dir).map(({ action }) => action)).toEqual(['update.started', 'update.failed'])
    await expectWhole(dir)
    expect(startedVersion(installation)).toBe('1.0.0')
  })

  it('leaves the workspace to the new version where that works', async () => {
    const [installation, dir] = [await present(), newWorkspace()]
    expect(await update(installation, dir, programs.migrates)).toBeNull()
    expect(() => openWorkspace(dir)).toThrow(expect.objectContaining({ code: 'workspace-newer' }))
    expect(startedVersion(installation)).toBe('1.1.0')
  })

  it('works without a workspace', async () => {
    const installation = await present()
    expect(await update(installation, null, programs.works)).toBeNull()
    expect(startedVersion(installation)).toBe('1.1.0')
  })

  it('keeps the version of before, and no older ones', async () => {
    const installation = await present()
    await update(installation, null, programs.works)
    const second = {
      ...installation,
      version: '1.1.0',
      program: join(installation.versions, '1.1.0', 'program'),
    }
    await update(second, null, programs.works, '1.2.0')
    const third = {
      ...installation,
      version: '1.2.0',
      program: join(installation.versions, '1.2.0', 'program'),
    }
    expect(await update(third, null, programs.works, '1.3.0')).toBeNull()
    expect(
      readdirSync(installation.versions)
        .filter((name) => /^\d/.test(name))
        .sort(),
    ).toEqual(['1.2.0', '1.3.0'])
    expect(startedVersion(installation)).toBe('1.3.0')
  })

  it('goes back to the version that was unpacked first, although it has no folder of its own', async () => {
    const installation = await present()
    await update(installation, null, programs.works)
    const second = {
      ...installation,
      version: '1.1.0',
      program: join(installation.versions, '1.1.0', 'program'),
    }
    const back = { to: '1.0.0', workspace: null, release: holdVersions(second) }
    expect(await changeVersion(second, back, { keeps: true })).toBeNull()
    expect(startedVersion(installation)).toBe('1.0.0')
    expect(existsSync(join(installation.versions, '1.1.0'))).toBe(true)
  })

  describe('back to a version that cannot read the workspace', () => {
    /** An installation that runs 1.1.0, whose migration made the workspace what 1.0.0 cannot read. */
    async function migrated(former: string = programs.works) {
      const first = await installed(join(temporaryFolder(), '厂区 4'), {
        version: '1.0.0',
        keys,
        program: former,
      })
      const dir = newWorkspace()
      await update(first, dir, programs.works)
      const newer = { ...first, version: '1.1.0', program: join(first.versions, '1.1.0', 'program') }
      const backup = lastUpdate(first)?.backup ?? ''
      const { default: Sqlite } = await import('better-sqlite3')
      const copy = new Sqlite(join(dir, 'backups', backup))
      // The copy is of an older schema than this program's, which stands for the newer one.
      const schema = Number(copy.pragma('user_version', { simple: true }))
      copy.pragma(`user_version = ${schema - 1}`)
      copy.close()
      const opened = openWorkspace(dir)
      changeSetting(opened.db, 'since', 1, null)
      opened.close()
      const schemaNow = (): number => {
        const db = new Sqlite(join(dir, 'fanoscope.db'), { readonly: true })
        try {
          return Number(db.pragma('user_version', { simple: true }))
        } finally {
          db.close()
        }
      }
      const settings = (): unknown[] => {
        const db = new Sqlite(join(dir, 'fanoscope.db'), { readonly: true })
        try {
          return db.prepare("SELECT 1 FROM setting WHERE key = 'since'").all()
        } finally {
          db.close()
        }
      }
      return { newer, dir, backup, schema, schemaNow, settings }
    }
    const back = (from: Installation, dir: string, restore: string) =>
      changeVersion(
        from,
        { to: '1.0.0', workspace: dir, release: holdVersions(from) },
        { keeps: true, restore },
      )

    it('says what was added since the update, and which copy would be put back', async () => {
      const { dir, backup } = await migrated()
      expect(formerWorkspace(dir, backup)).toMatchObject({ backup, isPresentReadable: true })
      expect(formerWorkspace(dir, backup)?.lost.auditRows).toBeGreaterThan(0)
      expect(formerWorkspace(dir, null)).toBeNull()
    })

    it('has nothing to put back where the update migrated nothing', async () => {
      const [installation, dir] = [await present(), newWorkspace()]
      await update(installation, dir, programs.works)
      expect(formerWorkspace(dir, lastUpdate(installation)?.backup ?? null)).toBeNull()
    })

    it('gives it the copy that the update made, and keeps the present database', async () => {
      const { newer, dir, backup, schema, schemaNow, settings } = await migrated("void 'starts'")
      expect(await back(newer, dir, backup)).toBeNull()
      expect(startedVersion(newer)).toBe('1.0.0')
      expect(schemaNow()).toBe(schema - 1)
      expect(settings()).toEqual([])
      expect(
        readdirSync(join(dir, 'backups')).filter((name) => name.includes('before-restoring')),
      ).toHaveLength(1)
    })

    it('puts the present workspace back where the version of before does not start', async () => {
      const { newer, dir, backup, schema, schemaNow, settings } = await migrated(programs.fails)
      expect(await back(newer, dir, backup)).toMatchObject({ code: 'update-did-not-start' })
      expect(startedVersion(newer)).toBe('1.1.0')
      expect(schemaNow()).toBe(schema)
      expect(settings()).toHaveLength(1)
      await expectWhole(dir)
    })

    it('puts the present workspace back where it was ended in between', async () => {
      const { newer, dir, backup, schema, schemaNow, settings } = await migrated()
      const opened = openWorkspace(dir)
      const now = backUpDatabase(opened.db, join(dir, 'backups'), 'before-update')
      opened.close()
      noteChange(newer, { from: '1.1.0', to: '1.0.0', workspace: dir, backup: now, restores: true })
      restoreBackup(dir, backup)
      expect(schemaNow()).toBe(schema - 1)
      expect(await recoverVersions(newer)).toMatchObject({ code: 'update-interrupted' })
      expect(schemaNow()).toBe(schema)
      expect(settings()).toHaveLength(1)
      await expectWhole(dir)
    })
  })

  it('is done by one process at a time', async () => {
    const installation = await present()
    const release = holdVersions(installation)
    await expect(update(installation, null, programs.works)).rejects.toMatchObject({ code: 'update-running' })
    release()
    expect(await update(installation, null, programs.works)).toBeNull()
  })

  it('starts what is there where the pointer names a version that is gone, or is no version', async () => {
    const installation = await present()
    mkdirSync(installation.versions)
    for (const name of ['1.1.0', '..', '../..', '']) {
      pointAt(installation, name)
      expect(startedVersion(installation)).toBe('1.0.0')
      expect(pointedVersion(installation)).toBeNull()
    }
    rmSync(installation.versions, { recursive: true })
  })

  describe('after an end from outside', () => {
    it('while the new version was tried, the workspace is restored, and it is said', async () => {
      const [installation, dir] = [await present(), newWorkspace()]
      const opened = openWorkspace(dir)
      changeSetting(opened.db, 'a', 1, null)
      opened.close()
      await update(installation, dir, programs.works)
      const backup = lastUpdate(installation)?.backup ?? ''
      // As it is when the process ends after the new version migrated, and before it answered.
      rmSync(join(installation.versions, 'current'))
      noteChange(installation, { from: '1.0.0', to: '1.1.0', workspace: dir, backup, restores: false })
      const { default: Sqlite } = await import('better-sqlite3')
      const db = new Sqlite(join(dir, 'fanoscope.db'))
      db.exec('PRAGMA user_version = 9999')
      db.close()
      expect(await recoverVersions(installation)).toMatchObject({ code: 'update-interrupted' })
      expect(await recoverVersions(installation)).toBeNull()
      expect(startedVersion(installation)).toBe('1.0.0')
      expect(audited(dir).at(-1)).toMatchObject({ detail: { code: 'update-interrupted' } })
      await expectWhole(dir)
    })

    it('after the pointer was moved, the new version is the present one', async () => {
      const installation = await present()
      await update(installation, null, programs.works)
      noteChange(installation, { from: '1.0.0', to: '1.1.0', workspace: null, backup: null, restores: false })
      expect(await recoverVersions(installation)).toBeNull()
      expect(isChanging(installation)).toBe(false)
      expect(lastUpdate(installation)?.failure).toBeNull()
      expect(startedVersion(installation)).toBe('1.1.0')
    })

    it('nothing is touched while another process is at it, or works with the workspace', async () => {
      const [installation, dir] = [await present(), newWorkspace()]
      mkdirSync(installation.versions)
      noteChange(installation, { from: '1.0.0', to: '1.1.0', workspace: dir, backup: null, restores: false })
      const release = holdVersions(installation)
      expect(await recoverVersions(installation)).toBeNull()
      release()
      const workspace = openWorkspace(dir)
      expect(await recoverVersions(installation)).toBeNull()
      workspace.close()
      expect(isChanging(installation)).toBe(true)
      expect(await recoverVersions(installation)).toMatchObject({ code: 'update-interrupted' })
    })
  })
})
