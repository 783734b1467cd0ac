import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import type { Database } from '../../../../src/main/store/database.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { decide, undoDecision } from '../../../../src/main/store/decisions.ts'
import { addBlob, addImage, removeImage, setLabel } from '../../../../src/main/store/images.ts'
import { beginImport } from '../../../../src/main/store/imports.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { openWorkspace, type Workspace } from '../../../../src/main/store/workspace.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const before = migrations.filter(({ version }) => version < 21)

/** A workspace of the version before, in which a part was labeled and decided on. */
function workedOn(): string {
  const dir = join(temporaryFolder(), 'line')
  const { db, close } = openWorkspace(dir, { create: true, migrations: before })
  const { id: datasetId } = createDataset(db, { name: 'parts', layout: 'flat', source: '/photos' })
  const importId = beginImport(db, { datasetId, source: '/photos', layout: 'flat' })
  const sha256 = 'a'.repeat(64)
  addBlob(db, { sha256, format: 'png', bytes: 100 })
  const imageId = addImage(db, {
    datasetId,
    sha256,
    file: 'a.png',
    width: 16,
    height: 16,
    channels: 1,
    bitDepth: 8,
    peak: 1,
    split: 'test',
    label: 'unlabeled',
    defectType: null,
    maskSha256: null,
    partGroup: null,
    warnings: [],
    importId,
  })
  // As the version before added an operator.
  const { lastId: operatorId } = db.run("INSERT INTO operator (name, created_at) VALUES ('Li Na', 1)")
  setLabel(db, imageId, 'anomalous', 'dent', 'Li Na')
  decide(db, { runId: null, imageId, operatorId, decision: 'accept' })
  undoDecision(db, { runId: null, operatorId })
  decide(db, { runId: null, imageId, operatorId, decision: 'reject', note: 'a dent' })
  changeSetting(db, 'live.retention', { goodDays: 30, flaggedDays: 90 }, 'Li Na')
  close()
  return dir
}

function opened(dir: string): Workspace {
  const workspace = openWorkspace(dir)
  onTestFinished(() => workspace.close())
  return workspace
}

async function differences(db: Database): Promise<string[]> {
  const { replay } = await checkAudit(db)
  return replay.differences.map((found) => wordsIn('en').text('reason', found))
}

it('says once how many rows there are of which no row of the audit tells', async () => {
  const dir = workedOn()
  opened(dir).close()
  const { db } = opened(dir)
  expect(listAudit(db, { action: 'audit.told' })).toMatchObject([
    { detail: { rows: { decision: 2, image: 1, operator: 1, score: 0 }, last: { decision: 2, image: 1 } } },
  ])
  expect((await checkAudit(db)).replay).toMatchObject({ told: 0, differing: 0 })
  removeImage(db, 1, 'Li Na')
  expect(await differences(db)).toEqual([])
})

it('compares rows of before with what the audit said of them', async () => {
  const { db } = opened(workedOn())
  db.script('DROP TRIGGER decision_is_final; DROP TRIGGER temp.told_decision_changed')
  db.script('DROP TRIGGER temp.told_image_changed')
  db.run("UPDATE decision SET note = 'none' WHERE id = 2")
  db.run('UPDATE decision SET undone_at = NULL, undone_by = NULL WHERE id = 1')
  db.run("UPDATE image SET label = 'normal' WHERE id = 1")
  db.run(`UPDATE setting SET value = '{"goodDays":1}'`)
  const found = (await differences(db)).sort()
  expect(found).toEqual([
    expect.stringMatching(
      /^Decision 1: "undone_at" is nothing in the database, and row \d+ .* says a value\.$/,
    ),
    expect.stringMatching(
      /^Decision 2: "note" is none in the database, and row \d+ of the audit says a dent\.$/,
    ),
    expect.stringMatching(
      /^Photograph 1: "label" is normal in the database, and row \d+ .* says anomalous\.$/,
    ),
    expect.stringMatching(/^Setting live\.retention: "value" is /),
  ])
})

it('names a row that somebody adds afterwards', async () => {
  const { db } = opened(workedOn())
  db.script('DROP TRIGGER temp.told_decision_added; DROP TRIGGER temp.told_drawn_type_added')
  db.run(
    "INSERT INTO decision (image_id, operator_id, decision, decided_at, role) VALUES (1, 1, 'accept', 1, 'review')",
  )
  db.run("INSERT INTO drawn_type (image_id, name) VALUES (1, 'dent')")
  expect(await differences(db)).toEqual([
    'The table "drawn_type" has 1 rows of which no row of the audit tells, and had 0 when the audit began to tell of rows.',
    'Decision 3 is in the database, and no row of the audit tells of it.',
  ])
})
