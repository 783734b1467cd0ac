import { expect, it } from 'vitest'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import { decide, undoDecision } from '../../../../src/main/store/decisions.ts'
import {
  addBlob,
  addImage,
  findImage,
  removeImage,
  restoreImage,
  setLabel,
} from '../../../../src/main/store/images.ts'
import { beginImport } from '../../../../src/main/store/imports.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { saveScores } from '../../../../src/main/store/scores.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { plainScore } from '../plain-score.ts'
import { queuedRun } from '../queued-run.ts'
import { stockedWorkspace } from '../stocked-workspace.ts'

it('finds what is stored as the audit says', async () => {
  const { workspace, dataset, images } = await stockedWorkspace(3)
  const { db } = workspace
  const [image = 0, other = 0] = images
  const { id: operatorId } = findOrMakeOperator(db, 'Li Na')
  const { id: run } = queuedRun(db, dataset.id)
  saveScores(db, run, ['residual'], [plainScore(image, 0.25), plainScore(other, 0.5)])
  setLabel(db, image, 'anomalous', 'dent', 'Li Na')
  decide(db, { runId: run, imageId: image, operatorId, decision: 'reject', note: 'a dent' })
  undoDecision(db, { runId: run, operatorId })
  removeImage(db, other)
  restoreImage(db, other)
  const { replay } = await checkAudit(db)
  expect(replay).toEqual({ told: 10, untold: 0, differing: 0, differences: [] })
  expect((await verifyWorkspace(workspace)).problems).toEqual([])
})

it('tells of each row once, also where more wait to be told than one row of the audit takes', async () => {
  const { workspace, images } = await stockedWorkspace(1)
  const { db } = workspace
  const [first = 0] = images
  const { datasetId, ...photograph } = findImage(db, first)
  const importId = beginImport(db, { datasetId, source: '/more', layout: 'flat' })
  const ids = db.transaction(() =>
    Array.from({ length: 1200 }, (_, i) => {
      const sha256 = String(i).padStart(64, '0')
      addBlob(db, { sha256, format: 'png', bytes: 1 })
      return addImage(db, { ...photograph, datasetId, importId, sha256, file: `${i}.png` })
    }),
  )
  // By their text they come last, and so do they among those that wait.
  for (const id of ids.toSorted((a, b) => (String(a) < String(b) ? 1 : -1)).slice(0, 3)) {
    setLabel(db, id, 'normal', null, 'Li Na')
  }
  const { replay } = await checkAudit(db)
  expect(replay).toMatchObject({ untold: 0, differing: 0 })
})
