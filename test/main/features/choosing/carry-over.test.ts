import { expect, it } from 'vitest'
import { carryOver, runsToTest } from '../../../../src/main/features/choosing/carry-over.ts'
import type { ChoiceOption, ChoiceReport } from '../../../../src/shared/choice.ts'
import { type ScoredPart, scoredRun } from '../thresholds/scored-run.ts'

const option = (run: string, score: string, made: number, inUse = false): ChoiceOption => ({
  run,
  score,
  k: 1,
  reduction: 'max',
  inUse,
  made,
  perType: {},
  real: null,
  value: made,
  behind: null,
})

const reportOf = (run: string, dataset: string, options: ChoiceOption[]): ChoiceReport => ({
  dataset,
  runs: [run],
  seed: 1,
  photographs: 10,
  perType: 1,
  made: 50,
  types: [],
  real: { images: 0, weight: 0 },
  refused: 0,
  options,
  gain: null,
  contributions: [],
})

const part = (
  split: 'validation' | 'test',
  label: 'normal' | 'anomalous',
  components: number[],
): ScoredPart => ({
  split,
  label,
  components,
})

it('holds each option against the test split, whatever the validation images say', () => {
  const { workspace, run } = scoredRun([
    part('validation', 'normal', [9, 0, 0, 0, 9]),
    part('validation', 'anomalous', [0, 0, 0, 0, 0]),
    part('test', 'normal', [1, 0, 5, 0, 1]),
    part('test', 'normal', [2, 0, 6, 0, 2]),
    // Residual: above both. Latent: below both. Peak: between them.
    part('test', 'anomalous', [3, 0, 1, 0, 1.5]),
  ])
  const options = [option(run.id, 'peak', 0.9), option(run.id, 'izi', 0.8, true), option(run.id, 'ziz', 0.7)]
  const found = carryOver(workspace.db, reportOf(run.id, run.datasetId, options))
  expect(found).toMatchObject({ split: 'test', n: { normal: 2, anomalous: 1 } })
  expect(found.options.map(({ score, made, real }) => [score, made, real])).toEqual([
    ['peak', 0.9, 0.5],
    ['izi', 0.8, 1],
    ['ziz', 0.7, 0],
  ])
  // Ranks 3 2 1 of made and 2 3 1 of real: 1 - 6 * 2 / 24.
  expect(found.rankCorrelation).toBeCloseTo(0.5, 12)
  expect(found.regret).toBe(0.5)
  expect(found.gain).toBe(-0.5)
})

it('asks for scores of the test split where one is missing, and for defects where there are none', () => {
  const { workspace, run } = scoredRun([
    part('test', 'normal', [1, 0, 0, 0, 0]),
    { ...part('test', 'anomalous', [1, 0, 0, 0, 0]), unscored: true },
  ])
  const report = reportOf(run.id, run.datasetId, [option(run.id, 'izi', 0.8, true)])
  expect(runsToTest(workspace.db, report)).toEqual([run.id])
  expect(() => carryOver(workspace.db, report)).toThrow(expect.objectContaining({ code: 'not-scored' }))
  workspace.db.run(`UPDATE image SET removed_at = 1 WHERE label = 'anomalous'`)
  expect(runsToTest(workspace.db, report)).toEqual([])
  expect(() => carryOver(workspace.db, report)).toThrow(expect.objectContaining({ code: 'no-test-defects' }))
})
