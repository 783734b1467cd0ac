import { join } from 'node:path'
import { decide } from '../../../../src/main/store/decisions.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { setCalibration, setRunResult, setRunState } from '../../../../src/main/store/runs.ts'
import { saveScores } from '../../../../src/main/store/scores.ts'
import type { JsonObject } from '../../../../src/shared/values.ts'
import { plainScore } from '../../store/plain-score.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { stockedWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

/** A trained run on eight test parts with scores 0 to 7; the last four are defects. */
export async function reported(config: JsonObject = {}) {
  const { workspace, dataset, images } = await stockedWorkspace(8, (i) => ({
    file: `part <${i}>.png`,
    label: i < 4 ? 'normal' : 'anomalous',
    defectType: i < 4 ? null : 'scratch',
  }))
  const { db } = workspace
  const run = queuedRun(db, dataset.id, { stepsTotal: 0, config })
  setRunState(db, run.id, 'training')
  setCalibration(db, run.id, { scores: {}, mapScale: 1, expectedCriticValue: 0 })
  setRunResult(db, run.id, { weightsSha256: 'ab'.repeat(32) })
  setRunState(db, run.id, 'trained')
  saveScores(
    db,
    run.id,
    ['residual', 'feature'],
    images.map((imageId, i) => plainScore(imageId, i, { components: Float32Array.of(i, 0) })),
  )
  decide(db, {
    runId: run.id,
    imageId: images[0] ?? 0,
    operatorId: findOrMakeOperator(db, '李雷').id,
    decision: 'accept',
  })
  const request = {
    run: run.id,
    split: 'test',
    language: 'en',
    form: 'html',
    version: '0.1.0',
    operator: 'Wei Chen',
  } as const
  return { workspace, request, to: (name: string) => join(temporaryFolder(), name) }
}
