import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { evaluateRun } from '../../../src/main/features/scoring/evaluation.ts'
import { startScoring } from '../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../src/main/features/training/training.ts'
import type { Session } from '../../../src/main/session/session.ts'
import { findRun } from '../../../src/main/store/runs.ts'
import { iterateScores, scoreOf } from '../../../src/main/store/scores.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import type { Id } from '../../../src/shared/values.ts'
import { lineWorkspace, sessionOn } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { describeWithBackbone } from '../model/backbones/present.ts'

/** A training of the system `memory`, to its end. */
async function remembered(session: Session, seed: number): Promise<Id> {
  const { job, run } = await startTraining(session, {
    dataset: 'parts',
    model: 'memory',
    preset: 'quick',
    seed,
    set: {},
  })
  expect(await session.jobs.ended(job)).toMatchObject({ state: 'done' })
  return run
}

describeWithBackbone('the system memory', () => {
  it('learns without a network of its own, tells parts apart, and draws where they differ', async () => {
    const session = sessionOn(await lineWorkspace({ test: 24 }))
    const { workspace } = session
    const run = await remembered(session, 1)
    expect(findRun(workspace.db, run)).toMatchObject({ state: 'trained', config: { score: 'combined' } })
    // The scale was left open; it is in the configuration, and what it was chosen from with the run.
    const { config, result } = findRun(workspace.db, run)
    expect(result?.featureScale?.scale).toBeGreaterThan(0)
    expect(config.featureScale).toBe(result?.featureScale?.scale)
    const scoring = startScoring(session, { run, split: 'test', again: false })
    expect(await session.jobs.ended(scoring.job)).toMatchObject({ state: 'done' })
    const rows = [...iterateScores(workspace.db, run)].map(({ imageId }) =>
      scoreOf(workspace.db, run, imageId),
    )
    expect(rows).toHaveLength(24)
    for (const row of rows) {
      // There is a map of each photograph, and no picture that a generator would have restored.
      expect(existsSync(workspace.path(row?.mapFile ?? 'none'))).toBe(true)
      expect(row?.reconstructionFile).toBeNull()
    }
    const { imageAuroc } = await evaluateRun(workspace, { run, score: null, split: 'test' })
    expect(imageAuroc).toBeGreaterThan(0.9)
    expect((await verifyWorkspace(workspace)).problems).toEqual([])
  })

  it('remembers the same bit for bit for the same seed', async () => {
    const session = sessionOn(await lineWorkspace())
    const weights = async (seed: number) =>
      findRun(session.workspace.db, await remembered(session, seed)).result?.weightsSha256
    const first = await weights(1)
    expect(await weights(1)).toBe(first)
    expect(await weights(2)).not.toBe(first)
  })

  it('is beside the scores of a network that restores images', async () => {
    const session = sessionOn(await lineWorkspace())
    const set = { memory: true, backbone: 'efficientnet-lite2', score: 'memory', map: 'memory' }
    const { job, run } = await startTraining(session, tinyTraining(set))
    await session.jobs.ended(job)
    const { result } = findRun(session.workspace.db, run)
    expect(result?.componentNames).toEqual(
      expect.arrayContaining(['residual', 'feature', 'memory-local', 'memory-all']),
    )
  })
})
