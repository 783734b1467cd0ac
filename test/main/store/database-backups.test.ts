import {
  appendFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keepBackedUp } from '../../../src/main/features/workspace/backup-job.ts'
import { listAudit, recordAudit } from '../../../src/main/store/audit.ts'
import { checkAudit } from '../../../src/main/store/audit-check.ts'
import { headsFile, lostRows } from '../../../src/main/store/audit-heads.ts'
import { listBackups } from '../../../src/main/store/backup-list.ts'
import { confirmClock, noteJump } from '../../../src/main/store/clock.ts'
import {
  backUpDatabase,
  backupWith,
  lossesOf,
  lossFailure,
  restoreBackup,
  superfluous,
} from '../../../src/main/store/database-backups.ts'
import { newestNumber } from '../../../src/main/store/results.ts'
import { openWorkspace, type Workspace } from '../../../src/main/store/workspace.ts'
import { lineWorkspace, sessionOn } from '../features/line.ts'
import { playedEngine } from '../jobs/played-engine.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

const row = ({ db }: Pick<Workspace, 'db'>, image: number): number =>
  recordAudit(db, { action: 'image.labeled', image, detail: { label: 'normal', defectType: null } })

function opened(dir: string): Workspace {
  const workspace = openWorkspace(dir)
  onTestFinished(() => workspace.close())
  return workspace
}

describe('a backup of the database', () => {
  it('is restored, after it was said what is lost, and the present one is kept', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir, paths } = workspace
    const file = backUpDatabase(db, paths.backups, 'asked')
    for (let i = 0; i < 3; i++) row(workspace, i + 1)
    expect(lossesOf(paths.database, paths.backups, file)).toEqual({
      isPresentReadable: true,
      lost: { auditRows: 3 },
    })
    expect(() => restoreBackup(dir, file)).toThrow(expect.objectContaining({ code: 'workspace-in-use' }))
    workspace.close()
    const { kept } = restoreBackup(dir, file)
    const restored = opened(dir)
    expect(restored.lost).toBeNull()
    expect((await checkAudit(restored.db)).breaks).toEqual([])
    expect(listAudit(restored.db, { action: 'image.labeled' })).toEqual([])
    expect(listAudit(restored.db, { action: 'workspace.restored' })).toMatchObject([
      { detail: { backup: file } },
    ])
    // And back again: nothing of it is lost for good.
    restored.close()
    restoreBackup(dir, kept ?? '')
    expect(listAudit(opened(dir).db, { action: 'image.labeled' })).toHaveLength(3)
  })

  it('gives no number of a result again that a receiver may have had', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir, paths } = workspace
    const file = backUpDatabase(db, paths.backups, 'asked')
    db.pragma('foreign_keys = OFF')
    db.run(
      `INSERT INTO result (number, point, part_id, verdict, cause, judged_at) VALUES (7, 'line', 1, 'good', 'passed', 0)`,
    )
    expect(newestNumber(db)).toBe(7)
    workspace.close()
    restoreBackup(dir, file)
    const restored = opened(dir)
    expect(newestNumber(restored.db)).toBe(7)
    restored.close()
    writeFileSync(paths.database, 'damaged')
    restoreBackup(dir, file)
    expect(newestNumber(opened(dir).db)).toBe(1_000_000)
  })

  it('is restored in the place of a database that is damaged, which is kept as it is', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir, paths } = workspace
    const file = backUpDatabase(db, paths.backups, 'asked')
    workspace.close()
    writeFileSync(paths.database, 'no database at all, but some bytes that must not be lost')
    expect(lossesOf(paths.database, paths.backups, file).isPresentReadable).toBe(false)
    const { kept } = restoreBackup(dir, file)
    expect(readFileSync(join(paths.backups, kept ?? ''), 'utf8')).toMatch(/must not be lost/)
    expect((await checkAudit(opened(dir).db)).breaks).toEqual([])
  })

  it('is never removed by its age while a jump of the clock waits for an answer, nor is the one just made', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, paths } = workspace
    const made = Array.from({ length: 10 }, () => backUpDatabase(db, paths.backups, 'asked'))
    noteJump(db, { stored: db.now(), present: db.now() })
    made.push(backUpDatabase(db, paths.backups, 'asked'))
    expect(listBackups(paths.backups)).toHaveLength(11)
    confirmClock(db, 'Li Na')
    // As a copy has it that is made after the clock was set back.
    for (const file of made) utimesSync(join(paths.backups, file), 4e9, 4e9)
    const last = backUpDatabase(db, paths.backups, 'asked')
    expect(listBackups(paths.backups).map(({ file }) => file)).toContain(last)
    expect(listBackups(paths.backups)).toHaveLength(11)
  })

  it('is refused where it is damaged, or lies elsewhere, and nothing changes', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir, paths } = workspace
    const file = backUpDatabase(db, paths.backups, 'asked')
    workspace.close()
    const path = join(paths.backups, file)
    const bytes = readFileSync(path)
    truncateSync(path, Math.floor(statSync(path).size / 2))
    const before = readFileSync(paths.database)
    for (const name of [file, '../fanoscope.db', 'none.db']) {
      expect(() => restoreBackup(dir, name)).toThrow(/backup/i)
    }
    expect(readFileSync(paths.database)).toEqual(before)
    writeFileSync(path, bytes)
    restoreBackup(dir, file)
  })

  it('that could not be restored leaves nothing behind, and the database as it was', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir, paths } = workspace
    const file = backUpDatabase(db, paths.backups, 'asked')
    workspace.close()
    const before = { files: readdirSync(dir).sort(), database: readFileSync(paths.database) }
    const noTime = (): number => Number.NaN
    expect(() => restoreBackup(dir, file, noTime)).toThrow(RangeError)
    expect({ files: readdirSync(dir).sort(), database: readFileSync(paths.database) }).toEqual(before)
  })

  it('is kept by the rule: one of each of the last days, and ten others', () => {
    const day = 86_400_000
    const backups = Array.from({ length: 60 }, (_, i) => ({
      file: `fanoscope-${i % 2 === 0 ? 'daily' : 'asked'}-${i}.db`,
      at: 1e12 - (i * day) / 4,
      bytes: 1,
    }))
    const gone = new Set(superfluous(backups))
    const kept = backups.filter((backup) => !gone.has(backup))
    const daily = kept.filter(({ file }) => file.includes('daily'))
    expect(new Set(daily.map(({ at }) => new Date(at).toISOString().slice(0, 10))).size).toBe(daily.length)
    expect(daily.length).toBeGreaterThanOrEqual(14)
    expect(kept.length - daily.length).toBe(10)
    expect(superfluous(backups.slice(0, 2))).toEqual([])
  })

  it('is made each day by itself', async () => {
    const session = sessionOn(await lineWorkspace({ good: 6, test: 2 }), playedEngine().launch)
    const stop = keepBackedUp(session, { first: 1, every: 5 })
    await expect.poll(() => listBackups(session.workspace.paths.backups)).toHaveLength(1)
    await stop()
    expect(listBackups(session.workspace.paths.backups)).toHaveLength(1)
  })
})

describe('a database that lost confirmed rows', () => {
  /** Decisions that are only in the write-ahead log, as after a kill. @returns the folder, without its log */
  async function withoutLog(backUp: boolean): Promise<{ dir: string; last: number }> {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir, paths } = workspace
    db.pragma('wal_checkpoint(TRUNCATE)')
    const checkpointed = readFileSync(paths.database)
    const last = Array.from({ length: 50 }, (_, i) => row(workspace, i + 1)).at(-1) ?? 0
    if (backUp) backUpDatabase(db, paths.backups, 'asked')
    workspace.close()
    writeFileSync(paths.database, checkpointed)
    return { dir, last }
  }

  it.each([true, false])(
    'says so when it is opened, once, with the backup that has them (%s)',
    async (backUp) => {
      const { dir, last } = await withoutLog(backUp)
      const first = openWorkspace(dir)
      expect(first.lost).toMatchObject({ first: last - 49, last })
      const failure = lossFailure(first.lost)
      expect(failure).toMatchObject({ code: 'audit-lost', params: { first: last - 49, last } })
      expect(failure?.params.case).toBe(backUp ? 'backup' : undefined)
      expect(listAudit(first.db, { action: 'audit.lost' })).toMatchObject([{ detail: { last } }])
      expect(first.lost?.backup !== null).toBe(backUp)
      first.close()
      expect(opened(dir).lost).toBeNull()
    },
  )

  it('names no backup that only has other rows of the same numbers', async () => {
    const { dir, last } = await withoutLog(false)
    const { db, paths, lost } = opened(dir)
    while (row({ db }, 1) <= last);
    const file = backUpDatabase(db, paths.backups, 'asked')
    const values = { last, hash: lost?.hash ?? '' }
    expect(backupWith(paths.backups, values)).toBeNull()
    const [{ hash } = { hash: '' }] = listAudit(db).filter(({ id }) => id === last)
    expect(backupWith(paths.backups, { last, hash })).toBe(file)
  })

  it('is not spoken of where nothing is lost: after a kill between row and head, and with a torn head', async () => {
    const { workspace } = await stockedWorkspace(2)
    const { db, dir } = workspace
    row(workspace, 1)
    const heads = headsFile(db.file)
    const lines = readFileSync(heads, 'utf8').trimEnd().split('\n')
    writeFileSync(heads, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)?.slice(0, 9)}`)
    expect(lostRows(db)).toBeNull()
    appendFileSync(heads, '\n')
    workspace.close()
    expect(opened(dir).lost).toBeNull()
  })

  it('keeps no head of what was rolled back', async () => {
    const { workspace } = await stockedWorkspace(1)
    const { db } = workspace
    const before = readFileSync(headsFile(db.file), 'utf8')
    const failing = (): void =>
      db.transaction(() => {
        row(workspace, 1)
        throw new Error('undone')
      })
    expect(failing).toThrow('undone')
    db.transaction(() => expect(failing).toThrow('undone'))
    expect(readFileSync(headsFile(db.file), 'utf8')).toBe(before)
    expect(lostRows(db)).toBeNull()
  })
})
