import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../../../src/main/platform/random.ts'
import { auditHash, canonicalJson, genesis, listAudit, recordAudit } from '../../../src/main/store/audit.ts'
import { checkAudit } from '../../../src/main/store/audit-check.ts'
import { type Database, openDatabase } from '../../../src/main/store/database.ts'
import { decide, undoDecision } from '../../../src/main/store/decisions.ts'
import { removeImage, restoreImage, setLabel } from '../../../src/main/store/images.ts'
import { migrate } from '../../../src/main/store/migrate.ts'
import { migrations } from '../../../src/main/store/migrations/index.ts'
import { findOrMakeOperator } from '../../../src/main/store/operators.ts'
import { setRunState } from '../../../src/main/store/runs.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { wordsIn } from '../../../src/shared/messages/words.ts'
import { queuedRun } from './queued-run.ts'
import { stockedWorkspace, tickingClock } from './stocked-workspace.ts'
import { temporaryFolder } from './temporary-folder.ts'

function chained(rows: number, file = ':memory:'): Database {
  const db = openDatabase(file, { now: tickingClock() })
  migrate(db, migrations)
  db.transaction(() => {
    for (let i = 1; i <= rows; i++) {
      recordAudit(db, {
        action: 'masks.imported',
        operator: 'Li Na',
        run: 'r',
        image: i,
        detail: { format: 'png', from: `螺丝 ${i}`, images: i },
      })
    }
  })
  return db
}

/** What somebody with a tool for SQLite could do, past the triggers. */
const byHand = (db: Database, sql: string): void =>
  db.script(`DROP TRIGGER audit_is_final; DROP TRIGGER audit_stays; DROP TRIGGER audit_only_grows; ${sql}`)

async function breaks(db: Database): Promise<string[]> {
  const found = await checkAudit(db)
  return found.breaks.map((broken) => wordsIn('en').text('reason', broken))
}

describe('a text with half a character', () => {
  it('is recorded as what the database stores, and is no change that somebody made', async () => {
    const db = chained(1)
    recordAudit(db, {
      action: 'dataset.region',
      operator: 'Li \ud800',
      dataset: '\udc00',
      detail: { region: { a: '\ud83d' } },
    })
    expect((await checkAudit(db)).breaks).toEqual([])
    expect(listAudit(db)[0]).toMatchObject({ operator: 'Li \ufffd', dataset: '\ufffd' })
  })
})

describe('the audit', () => {
  it('holds as it was written, and its head is the hash of the newest row', async () => {
    const db = chained(20)
    const [newest] = listAudit(db, {}, { offset: 0, limit: 1 })
    expect(await checkAudit(db)).toMatchObject({ rows: 20, head: newest?.hash, breaks: [] })
    expect(await checkAudit(chained(0))).toMatchObject({ rows: 0, head: genesis, breaks: [] })
  })

  it.each(['UPDATE audit SET at = 0 WHERE id = 3', 'DELETE FROM audit WHERE id = 3'])('refuses %s', (sql) => {
    expect(() => chained(5).run(sql)).toThrow(/a row of the audit is never/)
  })

  it('refuses a row that does not follow the last one', async () => {
    const db = chained(2)
    const row = `INSERT INTO audit (id, at, action, detail, previous, hash)
      VALUES ($id, 0, 'decision.made', '{}', $previous, $previous)`
    expect(() => db.run(row, { id: 3, previous: genesis })).toThrow(/follows the last one/)
    const [newest] = listAudit(db, {}, { offset: 0, limit: 1 })
    expect(() => db.run(row, { id: 7, previous: newest?.hash ?? '' })).toThrow(/follows the last one/)
    expect(() => db.run(row.replace('INSERT', 'INSERT OR REPLACE'), { id: 2, previous: genesis })).toThrow()
  })

  it.each([
    ['its time', 'UPDATE audit SET at = at + 1 WHERE id = 7'],
    ['who did it', "UPDATE audit SET operator = 'Li Nb' WHERE id = 7"],
    ['who did it, to nobody', 'UPDATE audit SET operator = NULL WHERE id = 7'],
    ['what was done', "UPDATE audit SET action = 'image.removed' WHERE id = 7"],
    ['its run', "UPDATE audit SET run = 's' WHERE id = 7"],
    ['its dataset', "UPDATE audit SET dataset = '' WHERE id = 7"],
    ['its image', 'UPDATE audit SET image = 8 WHERE id = 7'],
    ['a blank in its detail', "UPDATE audit SET detail = detail || ' ' WHERE id = 7"],
    ['the hash before it', `UPDATE audit SET previous = '${'a'.repeat(64)}' WHERE id = 7`],
    ['its hash', `UPDATE audit SET hash = '${'a'.repeat(64)}' WHERE id = 7`],
    ['its detail, to what is no object', "UPDATE audit SET detail = '1' WHERE id = 7"],
    ['its hash, to what is none', `UPDATE audit SET hash = '${'x'.repeat(64)}' WHERE id = 7`],
  ])('names the one row of which somebody changed %s', async (_, sql) => {
    const db = chained(20)
    byHand(db, sql)
    expect(await breaks(db)).toEqual([expect.stringMatching(/^Row 7 of the audit .*was changed/)])
  })

  it('finds a row made anew with a hash that fits it, by the row that follows', async () => {
    const db = chained(20)
    const row = db.get(
      z.object({
        id: z.int(),
        at: z.int(),
        action: z.string(),
        operator: z.string(),
        run: z.string(),
        dataset: z.null(),
        image: z.int(),
        detail: z.string(),
        previous: z.string(),
      }),
      'SELECT id, at, action, operator, run, dataset, image, detail, previous FROM audit WHERE id = 7',
    )
    if (!row) throw new TypeError('there is no row 7')
    const hash = auditHash({ ...row, operator: 'Somebody else' })
    byHand(db, `UPDATE audit SET operator = 'Somebody else', hash = '${hash}' WHERE id = 7`)
    expect(await breaks(db)).toEqual([expect.stringMatching(/^Row 8 of the audit .*does not follow/)])
  })

  it('says which rows are missing, also at its end', async () => {
    const middle = chained(20)
    byHand(middle, 'DELETE FROM audit WHERE id IN (7, 8)')
    expect(await breaks(middle)).toEqual(['The rows 7 to 8 of the audit are missing.'])
    const end = chained(20)
    byHand(end, 'DELETE FROM audit WHERE id > 18')
    expect(await breaks(end)).toEqual(['The audit ends at row 18, and 20 rows were written.'])
  })

  it('is found changed by one bit anywhere in 100,000 rows, as the file of the database has it', async () => {
    const rows = 100_000
    const file = join(temporaryFolder(), 'chain.db')
    chained(rows, file).close()
    const image = readFileSync(file)
    const random = createRandom(3)
    for (let trial = 0; trial < 2; trial++) {
      const row = 1 + random.int(rows)
      const part = Buffer.from(`"螺丝 ${row}"`)
      const at = image.indexOf(part) + 1 + random.int(part.length - 2)
      const copy = Buffer.from(image)
      copy[at] = (copy[at] ?? 0) ^ (1 << random.int(7))
      writeFileSync(file, copy)
      const db = openDatabase(file, { readonly: true })
      expect(await breaks(db)).toEqual([
        expect.stringMatching(new RegExp(`^Row ${row} of the audit .*changed`)),
      ])
      db.close()
    }
  })

  it('orders the keys of what it hashes', async () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"é","d":null}]}',
    )
  })
})

describe('what is done in a workspace', () => {
  it('is in the audit with who did it, in the transaction that did it', async () => {
    const { workspace, dataset, images } = await stockedWorkspace(2)
    const { db } = workspace
    const [imageId = 0] = images
    const { id: operatorId } = findOrMakeOperator(db, 'Li Na')
    const run = queuedRun(db, dataset.id)
    const { id: runId } = run
    setRunState(db, runId, 'training')
    setRunState(db, runId, 'paused')
    setRunState(db, runId, 'training')
    setRunState(db, runId, 'trained')
    setLabel(db, imageId, 'anomalous', 'dent', 'Li Na')
    decide(db, { runId, imageId, operatorId, decision: 'reject' })
    undoDecision(db, { runId, operatorId })
    removeImage(db, imageId)
    restoreImage(db, imageId)
    expect(() =>
      db.transaction(() => {
        decide(db, { runId, imageId, operatorId, decision: 'accept' })
        throw new RangeError('the disk is full')
      }),
    ).toThrow()

    const told = listAudit(db).reverse()
    expect(told.map(({ action }) => action)).toEqual([
      'import.started',
      'operator.added',
      'training.started',
      'training.ended',
      'image.labeled',
      'decision.made',
      'decision.undone',
      'image.removed',
      'image.restored',
    ])
    expect(told[0]).toMatchObject({ dataset: 'parts' })
    expect(told[3]).toMatchObject({ run: runId, dataset: 'parts', detail: { state: 'trained' } })
    expect(told[4]).toMatchObject({
      operator: 'Li Na',
      image: imageId,
      detail: { label: 'anomalous', defectType: 'dent', before: 'unlabeled', typeBefore: null },
    })
    expect(told[5]).toMatchObject({ operator: 'Li Na', run: runId, image: imageId, detail: { is: 'reject' } })
    expect(listAudit(db, { action: 'decision', operator: 'li na' })).toHaveLength(2)
    expect(listAudit(db, { action: 'decision.undone' })).toHaveLength(1)
    expect(listAudit(db, { action: 'decis' })).toHaveLength(0)
  })

  it('is checked with the workspace', async () => {
    const { workspace } = await stockedWorkspace(1)
    expect((await verifyWorkspace(workspace)).ok).toBe(true)
    byHand(workspace.db, "UPDATE audit SET dataset = 'another' WHERE id = 1")
    const { problems } = await verifyWorkspace(workspace)
    expect(problems.map(({ code }) => code)).toEqual(['audit-changed'])
    expect(problems.map((problem) => wordsIn('en').text('problem', problem, 'title'))).toEqual([
      expect.stringMatching(/^Row 1 of the audit/),
    ])
  })
})
