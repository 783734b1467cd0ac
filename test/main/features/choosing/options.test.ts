import { expect, it } from 'vitest'
import { optionsOf } from '../../../../src/main/features/choosing/options.ts'
import { fanoganComponents, scoresFrom } from '../../../../src/main/model/scores.ts'

const own = { kind: 'izif', k: 2, reduction: 'mean', latent: 8, expectedCriticValue: 0 } as const
const inUse = { score: 'izif', k: 2, reduction: 'mean' } as const
const options = optionsOf(fanoganComponents, own, inUse)

it('are all scores that the components allow, what is in use first and once', () => {
  expect(options[0]).toEqual(inUse)
  expect(new Set(options.map((option) => JSON.stringify(option))).size).toBe(options.length)
  expect(new Set(options.map(({ score }) => score))).toEqual(new Set(scoresFrom(fanoganComponents)))
})

it('have several weights where the formula has one, that in use among them, and one where it has none', () => {
  const weightsOf = (score: string) => [
    ...new Set(options.filter((o) => o.score === score).map(({ k }) => k)),
  ]
  expect(weightsOf('izif').sort((a, b) => a - b)).toEqual([0.1, 1, 2, 10])
  expect(weightsOf('latent-feature').sort((a, b) => a - b)).toEqual([0.1, 1, 2, 10])
  expect(weightsOf('izi')).toEqual([2])
  expect(weightsOf('peak')).toEqual([2])
})

it('have every reduction of tiles', () => {
  const reductions = options.filter(({ score, k }) => score === 'peak' && k === 2).map((o) => o.reduction)
  expect(reductions.sort()).toEqual(['max', 'mean', 'top-k'])
})
