import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  auditKey,
  forgetAuditKey,
  type SecretStore,
  useAuditKey,
} from '../../../src/main/platform/audit-key.ts'
import { auditHash, canonicalJson, genesis, listAudit, recordAudit } from '../../../src/main/store/audit.ts'
import { checkAudit } from '../../../src/main/store/audit-check.ts'
import { headsFile } from '../../../src/main/store/audit-heads.ts'
import type { Database } from '../../../src/main/store/database.ts'
import { openWorkspace, type Workspace } from '../../../src/main/store/workspace.ts'
import { temporaryFolder } from './temporary-folder.ts'

let account = ''
beforeEach(() => {
  account = temporaryFolder()
  useAuditKey(account)
})
afterEach(forgetAuditKey)

function opened(dir: string): Workspace {
  const workspace = openWorkspace(dir, { create: true })
  onTestFinished(() => workspace.close())
  return workspace
}

function written(rows = 5): Workspace {
  const workspace = opened(join(temporaryFolder(), 'line'))
  for (let image = 1; image <= rows; image++) recordAudit(workspace.db, { action: 'image.removed', image })
  return workspace
}

async function codes(db: Database, known: string | null = null): Promise<string[]> {
  const { breaks } = await checkAudit(db, known)
  return breaks.map(({ id, code }) => `${code} ${id}`)
}

const unlocked = 'DROP TRIGGER audit_is_final; DROP TRIGGER audit_stays; DROP TRIGGER audit_only_grows;'

/** A change, and then everything that can be computed without the key: each hash anew. */
function rewrite({ db }: Workspace, change: string): void {
  db.script(`${unlocked} ${change}`)
  let previous = genesis
  for (const { hash: _, detail, ...row } of listAudit(db).reverse()) {
    const { id } = row
    const hash = auditHash({ ...row, detail: canonicalJson(detail), previous })
    db.run('UPDATE audit SET previous = $previous, hash = $hash WHERE id = $id', { id, previous, hash })
    previous = hash
  }
}

describe('signatures of the audit', () => {
  it('are made with a key that the audit tells of, in a file that only its owner can read', async () => {
    const { db } = written()
    const check = await checkAudit(db)
    expect(check).toMatchObject({ rows: 6, breaks: [] })
    expect(check.signatures).toEqual({
      unsigned: 0,
      keys: [{ fingerprint: auditKey()?.fingerprint, keptBy: 'file', own: true, rows: 6 }],
    })
    expect(listAudit(db).at(-1)).toMatchObject({ action: 'audit.key' })
    if (process.platform !== 'win32') expect(statSync(join(account, 'audit-key')).mode & 0o777).toBe(0o600)
  })

  it('do not fit an audit of which all hashes were computed anew', async () => {
    const workspace = written()
    rmSync(headsFile(workspace.db.file))
    rewrite(workspace, "UPDATE audit SET operator = 'Somebody else' WHERE id = 4")
    expect(await codes(workspace.db)).toEqual([4, 5, 6].map((id) => `audit-row-signature ${id}`))
  })

  it.each([
    ['signature', 'UPDATE audit SET signature = zeroblob(64) WHERE id = 3', 'audit-row-signature 3'],
    ['key', 'UPDATE audit SET signed_by = 2 WHERE id = 3', 'audit-row-signature 3'],
    ['signature, which is gone', 'UPDATE audit SET signature = NULL WHERE id = 3', 'audit-row-unsigned 3'],
  ])('name the one row of which somebody changed the %s', async (_, sql, found) => {
    const { db } = written()
    db.script(`${unlocked} ${sql}`)
    expect(await codes(db)).toEqual([found])
  })

  it('tell of the key again where the row that told of it was taken back', async () => {
    const { db } = opened(join(temporaryFolder(), 'line'))
    expect(() =>
      db.transaction(() => {
        recordAudit(db, { action: 'image.removed', image: 1 })
        throw new Error('taken back')
      }),
    ).toThrow('taken back')
    recordAudit(db, { action: 'image.removed', image: 1 })
    recordAudit(db, { action: 'image.removed', image: 2 })
    expect(listAudit(db).map(({ action }) => action)).toEqual(['image.removed', 'image.removed', 'audit.key'])
    expect(await codes(db)).toEqual([])
  })

  it('of another account are named with its key, which this one does not know', async () => {
    const { dir, close } = written()
    close()
    useAuditKey(temporaryFolder())
    const { db } = opened(dir)
    recordAudit(db, { action: 'image.removed', image: 9 })
    expect(await codes(db)).toEqual([])
    expect((await checkAudit(db)).signatures.keys.map(({ own, rows }) => ({ own, rows }))).toEqual([
      { own: false, rows: 6 },
      { own: true, rows: 2 },
    ])
  })

  it('begin where there were none before', async () => {
    forgetAuditKey()
    const { db } = written()
    useAuditKey(account)
    recordAudit(db, { action: 'image.removed', image: 9 })
    expect(await codes(db)).toEqual([])
    expect((await checkAudit(db)).signatures).toMatchObject({ unsigned: 5, keys: [{ rows: 2 }] })
  })

  it('are made with a key that the key store of the system keeps, where that protects it', async () => {
    const mask = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x55))
    const store: SecretStore = {
      isEncryptionAvailable: () => true,
      encryptString: (text) => mask(Buffer.from(text)),
      decryptString: (bytes) => String(mask(bytes)),
    }
    useAuditKey(account, store)
    const { db } = written()
    const [key] = (await checkAudit(db)).signatures.keys
    expect(key).toMatchObject({ keptBy: 'system', own: true })
    expect(existsSync(join(account, 'audit-key'))).toBe(false)
    useAuditKey(account, store)
    expect(auditKey()?.fingerprint).toBe(key?.fingerprint)
    useAuditKey(account, { ...store, getSelectedStorageBackend: () => 'basic_text' })
    expect(auditKey()?.keptBy).toBe('file')
  })
})

describe('the newest hash, written down elsewhere', () => {
  it('is found again while the audit grows, and not in one that was cut off', async () => {
    const { db } = written()
    const { head } = await checkAudit(db)
    recordAudit(db, { action: 'image.removed', image: 9 })
    expect(await codes(db, head)).toEqual([])
    db.script(
      `${unlocked} DELETE FROM audit WHERE id > 4; UPDATE sqlite_sequence SET seq = 4 WHERE name = 'audit'`,
    )
    expect(await codes(db)).toEqual([])
    expect(await codes(db, head)).toEqual(['audit-head-unknown 5'])
  })

  it('is kept beside the database, and names a row that was made anew', async () => {
    const workspace = written()
    rewrite(workspace, "UPDATE audit SET operator = 'Somebody else' WHERE id = 6")
    expect(await codes(workspace.db)).toContain('audit-head-differs 6')
  })

  it('is kept away from the workspace: a folder of an earlier time in its place is noticed', async () => {
    const workspace = written()
    const { dir } = workspace
    workspace.close()
    const files = ['fanoscope.db', 'audit-heads']
    const before = temporaryFolder()
    for (const file of files) copyFileSync(join(dir, file), join(before, file))
    const later = opened(dir)
    recordAudit(later.db, { action: 'image.removed', image: 9 })
    later.close()
    for (const file of files) copyFileSync(join(before, file), join(dir, file))
    expect(opened(dir).lost).toMatchObject({ first: 7, last: 7 })
  })
})
