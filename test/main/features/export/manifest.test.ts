import { expect, it } from 'vitest'
import { manifestOf } from '../../../../src/main/features/export/manifest.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { lineWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

async function scoreOf(set: Parameters<typeof tinyTraining>[0]) {
  const session = sessionOn(await lineWorkspace(), playedEngine().launch)
  const { run } = await startTraining(session, tinyTraining(set))
  return manifestOf(session.workspace, {
    run: findRun(session.workspace.db, run),
    description: {
      format: 1,
      model: 'fanogan',
      config: {},
      componentNames: ['residual', 'feature', 'latent', 'discriminator', 'peak', 'texture'],
      calibration: { texture: [1, 2], izif: Array.from({ length: 100 }, (_, i) => i) },
      mapScale: 1,
      expectedCriticValue: 0,
      weightsSha256: 'a'.repeat(64),
    },
    white16: 65_535,
    batch: 8,
    version: '0.0.0',
  }).score
}

it('a score that is measured beside the graph has another one of the graph beside it, with its threshold', async () => {
  const score = await scoreOf({ texture: true, score: 'texture' })
  expect(score).toMatchObject({ kind: 'texture', beside: ['texture'] })
  expect(score.components).not.toContain('texture')
  // 99 of the 100 normal validation images score below it.
  expect(score.ofGraph).toMatchObject({ kind: 'izif', threshold: 99, normalShare: 0.99 })
})

it('a score that the graph gives needs no other', async () => {
  expect(await scoreOf({ score: 'izif' })).toMatchObject({ kind: 'izif', ofGraph: null })
})
