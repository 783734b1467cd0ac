import { expect, it } from 'vitest'
import { manifestOf, needsMore } from '../../../../src/main/features/export/manifest.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { ModelDescription } from '../../../../src/main/model/model-file.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { lineWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const ofNetworks = ['residual', 'feature', 'latent', 'discriminator', 'peak']

async function scoreOf(
  set: Parameters<typeof tinyTraining>[0],
  learned: Partial<ModelDescription> = { componentNames: [...ofNetworks, 'texture'] },
) {
  const session = sessionOn(await lineWorkspace(), playedEngine().launch)
  const { run } = await startTraining(session, tinyTraining(set))
  return manifestOf(session.workspace, {
    run: findRun(session.workspace.db, run),
    description: {
      format: 1,
      model: 'fanogan',
      config: {},
      componentNames: [],
      calibration: { texture: [1, 2], izif: Array.from({ length: 100 }, (_, i) => i) },
      mapScale: 1,
      expectedCriticValue: 0,
      weightsSha256: 'a'.repeat(64),
      ...learned,
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

describeWithBackbone('with a memory', () => {
  it('the score of all parts is computed by the graphs only where they give each of them', async () => {
    const usual = { mean: 0, deviation: 1 }
    const ofMemory = ['memory-local', 'memory-all']
    const stored = (parts: readonly string[]) => ({
      componentNames: [...ofNetworks, 'texture', ...ofMemory],
      parts: Object.fromEntries(parts.map((name) => [name, usual])),
      calibration: { combined: [1, 2], memory: Array.from({ length: 100 }, (_, i) => i) },
    })
    const set = { backbone: 'efficientnet-lite2', memory: true, texture: true, score: 'combined' } as const
    const withTexture = await scoreOf(set, stored([...ofMemory, 'texture']))
    expect(needsMore(withTexture.kind, withTexture)).toBe(true)
    expect(withTexture.ofGraph).toMatchObject({ kind: 'memory', threshold: 99 })
    const ofMemoryAlone = await scoreOf(set, stored(ofMemory))
    expect(needsMore(ofMemoryAlone.kind, ofMemoryAlone)).toBe(false)
    expect(ofMemoryAlone.ofGraph).toBeNull()
  })
})
