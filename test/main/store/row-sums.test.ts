import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../../../src/main/platform/random.ts'
import { decide, undoDecision } from '../../../src/main/store/decisions.ts'
import { removeImage, setLabel } from '../../../src/main/store/images.ts'
import { migrations } from '../../../src/main/store/migrations/index.ts'
import { findOrMakeOperator } from '../../../src/main/store/operators.ts'
import { damagedRows, rebuildRowSums } from '../../../src/main/store/row-sums.ts'
import { addMetrics } from '../../../src/main/store/runs.ts'
import { saveScores } from '../../../src/main/store/scores.ts'
import { writeSetting } from '../../../src/main/store/settings.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { attachWorkspace, openWorkspace, type Workspace } from '../../../src/main/store/workspace.ts'
import { plainScore } from './plain-score.ts'
import { queuedRun } from './queued-run.ts'
import { stockedWorkspace } from './stocked-workspace.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A workspace with rows in many tables, closed. */
async function worked(): Promise<{ workspace: Workspace; image: number; run: string }> {
  const { workspace, dataset, images } = await stockedWorkspace(3)
  const { db } = workspace
  const [image = 0, other = 0] = images
  const { id: operatorId } = findOrMakeOperator(db, 'Li Na')
  const { id: run } = queuedRun(db, dataset.id)
  saveScores(db, run, ['residual'], [plainScore(image, 0.25), plainScore(other, 0.5)])
  saveScores(db, run, ['residual'], [plainScore(other, 0.75)])
  addMetrics(db, run, [
    { phase: 'gan', name: 'loss', step: 1, value: 0.5 },
    { phase: 'gan', name: 'loss', step: 2, value: 0.25 },
  ])
  setLabel(db, image, 'anomalous', 'dent', 'Li Na')
  decide(db, { runId: run, imageId: image, operatorId, decision: 'reject', note: 'a dent at the rim' })
  decide(db, { runId: run, imageId: other, operatorId, decision: 'accept' })
  undoDecision(db, { runId: run, operatorId })
  removeImage(db, other)
  writeSetting(db, 'live.retention', { goodDays: 30 })
  return { workspace, image, run }
}

function damaged({ dir }: Workspace, act: (raw: Sqlite.Database) => void): { table: string; row: string }[] {
  const raw = new Sqlite(join(dir, 'fanoscope.db'))
  act(raw)
  raw.close()
  const again = attachWorkspace(dir)
  onTestFinished(() => again.close())
  return [...damagedRows(again.db)]
}

describe('sums of rows', () => {
  it('hold through all that Fanoscope does, also in another connection', async () => {
    const { workspace, image } = await worked()
    const thread = attachWorkspace(workspace.dir)
    setLabel(thread.db, image, 'normal', null)
    thread.close()
    expect([...damagedRows(workspace.db)]).toEqual([])
    expect((await verifyWorkspace(workspace)).ok).toBe(true)
  })

  it.each([
    ['decision', '1', "DROP TRIGGER decision_is_final; UPDATE decision SET note = 'none' WHERE id = 1"],
    ['image', '1', "UPDATE image SET label = 'normal' WHERE id = 1"],
    ['setting', 'live.retention', 'UPDATE setting SET value = \'{"goodDays":1}\''],
    ['operator', '1', "UPDATE operator SET name = 'Li Nb'"],
    ['decision', '2', 'DROP TRIGGER decision_stays; DELETE FROM decision WHERE id = 2'],
    ['operator', '2', "INSERT INTO operator (name, created_at) VALUES ('Somebody', 1)"],
  ])('name the row of "%s" %s that another program changed', async (table, row, sql) => {
    const { workspace } = await worked()
    workspace.close()
    expect(damaged(workspace, (raw) => raw.exec(sql))).toEqual([{ table, row }])
  })

  it('go on naming a damaged row after Fanoscope has changed it', async () => {
    const { workspace, image } = await worked()
    workspace.close()
    const found = damaged(workspace, (raw) => raw.exec(`UPDATE image SET peak = 7 WHERE id = ${image}`))
    const again = openWorkspace(workspace.dir)
    onTestFinished(() => again.close())
    setLabel(again.db, image, 'normal', null)
    expect([...damagedRows(again.db)]).toEqual(found)
  })

  it('see one changed bit inside of a row', async () => {
    const { workspace } = await worked()
    workspace.close()
    const bytes = readFileSync(join(workspace.dir, 'fanoscope.db'))
    const random = createRandom(5)
    for (const text of ['a dent at the rim', 'photo-1.png', 'goodDays', 'Li Na']) {
      const copy = join(temporaryFolder(), 'copy')
      cpSync(workspace.dir, copy, { recursive: true })
      const changed = Buffer.from(bytes)
      const bit = 1 << random.int(3)
      // Everywhere, because the file also has what was deleted.
      for (let at = changed.indexOf(text); at !== -1; at = changed.indexOf(text)) {
        changed.writeUInt8(changed.readUInt8(at) ^ bit, at)
      }
      writeFileSync(join(copy, 'fanoscope.db'), changed)
      const opened = attachWorkspace(copy)
      onTestFinished(() => opened.close())
      const { ok } = await verifyWorkspace(opened)
      expect(ok).toBe(false)
    }
  })
})

it('tables that were changed without sums, as a migration does, get them anew', async () => {
  const { workspace } = await worked()
  workspace.close()
  const raw = new Sqlite(join(workspace.dir, 'fanoscope.db'))
  raw.exec('DELETE FROM row_sum')
  raw.close()
  const again = attachWorkspace(workspace.dir)
  onTestFinished(() => again.close())
  expect([...damagedRows(again.db)].length).toBeGreaterThan(0)
  rebuildRowSums(again.db)
  expect([...damagedRows(again.db)]).toEqual([])
  const sums = again.db.get(
    z.object({ n: z.int() }),
    `SELECT count(*) AS n FROM row_sum WHERE of_table = 'decision'`,
  )
  expect(sums).toEqual({ n: 2 })
})

it('a workspace of before gets the sums of its rows when it is opened', () => {
  const dir = join(temporaryFolder(), 'workspace')
  const before = migrations.filter(({ version }) => version < 16)
  const old = openWorkspace(dir, { create: true, migrations: before })
  writeSetting(old.db, 'ui.opacity', 0.5)
  old.close()
  const opened = openWorkspace(dir)
  onTestFinished(() => opened.close())
  expect([...damagedRows(opened.db)]).toEqual([])
  const kept = opened.db.get(
    z.object({ n: z.int() }),
    `SELECT count(*) AS n FROM row_sum WHERE of_table = 'setting'`,
  )
  expect(kept).toEqual({ n: 1 })
})
