import { describe, expect, it } from 'vitest'
import {
  anoganComponents,
  criticComponents,
  fanoganComponents,
  ganomalyComponents,
  imageScore,
  parseScoreKind,
  partNames,
  partsOf,
  percentileAmong,
  reduceTiles,
  scoresFrom,
} from '../../../src/main/model/scores.ts'

const names = ['residual', 'feature', 'latent', 'discriminator', 'peak']
// Two tiles.
const components = Float32Array.from([0.5, 0.25, 0.125, 3, 0.75, 1, 0.5, 0.25, -1, 0.5])
const options = { k: 2, reduction: 'max', latent: 8, expectedCriticValue: 1 } as const

describe('the score of an image', () => {
  // By hand, tile by tile: see the formulas in the design.
  it.each([
    ['izif', 1 + 2 * 0.5],
    ['latent-feature', 8 * 0.25 + 2 * 0.5],
    ['izi', 1],
    ['ziz', 0.25],
    ['discriminator', 1 - -1],
    ['peak', 0.75],
  ] as const)('%s is that of its highest tile', (kind, expected) => {
    expect(imageScore(components, names, { ...options, kind })).toBeCloseTo(expected, 12)
  })

  it('ganomaly is the distance of codes', () => {
    const tiles = Float32Array.from([0.5, 0.25, 4, 3, 0.75, 1, 0.5, 2, -1, 0.5])
    expect(imageScore(tiles, ganomalyComponents, { ...options, kind: 'ganomaly' })).toBe(4)
  })

  it('anogan is (1 - lambda) of the residual and lambda of the features, by the paper 0.9 and 0.1', () => {
    const tile = Float32Array.from([0.5, 30, 20, 3, 0.75])
    const anogan = { ...options, kind: 'anogan' } as const
    expect(imageScore(tile, anoganComponents, anogan)).toBeCloseTo(0.9 * 30 + 0.1 * 20, 6)
    expect(imageScore(tile, anoganComponents, { ...anogan, featureShare: 0.75 })).toBeCloseTo(22.5, 6)
  })

  it('combined is log(sum(exp)) of its parts, each in deviations of good photographs', () => {
    const stored = ['memory-local', 'memory-all', 'texture']
    const parts = {
      'memory-local': { mean: 1, deviation: 2 },
      'memory-all': { mean: 0, deviation: 0.5 },
      texture: { mean: 3, deviation: 1 },
    }
    const values = Float32Array.from([4, 0.5, 2])
    const settings = { ...options, kind: 'combined' } as const
    expect(imageScore(values, stored, { ...settings, parts })).toBeCloseTo(
      Math.log(Math.exp(1.5) + Math.exp(1) + Math.exp(-1)),
      12,
    )
    // Where nothing was measured, that of the memory alone, which is in deviations already.
    expect(imageScore(values, stored, settings)).toBeCloseTo(Math.log(Math.exp(4) + Math.exp(0.5)), 12)
    expect(imageScore(Float32Array.from([900, 900, 0]), stored, settings)).toBeCloseTo(900 + Math.log(2), 9)
  })

  it('measures what is usual of each part on at least five photographs', () => {
    const photographs = [1, 2, 3, 4, 5].map((value) => ({ 'memory-local': value, 'memory-all': 2 * value }))
    // Mean and standard deviation of 1 to 5, by n - 1.
    expect(partsOf(photographs, ['memory-local', 'memory-all'])).toEqual({
      'memory-local': { mean: 3, deviation: Math.sqrt(2.5) },
      'memory-all': { mean: 6, deviation: Math.sqrt(10) },
    })
    expect(partsOf(photographs.slice(1), ['memory-local', 'memory-all'])).toBeUndefined()
    expect(partsOf(photographs, ['peak'])).toBeUndefined()
  })

  it('leaves out a part that fewer photographs have a value of', () => {
    const photographs = [1, 2, 3, 4, 5].map((value) => ({
      'memory-local': value,
      'memory-all': value,
      ...(value > 1 ? { peak: value } : {}),
    }))
    const names = ['memory-local', 'memory-all', 'peak']
    expect(Object.keys(partsOf(photographs, names) ?? {})).toEqual(['memory-local', 'memory-all'])
    const more = [...photographs, { 'memory-local': 6, 'memory-all': 6, peak: 6 }]
    // Mean and standard deviation of 2 to 6, by n - 1.
    expect(partsOf(more, names)?.peak).toEqual({ mean: 4, deviation: Math.sqrt(2.5) })
  })

  it('takes the residual for a part of it where whole photographs are seen', () => {
    const stored = ['residual', 'peak', 'texture', 'memory-local', 'memory-all']
    expect(partNames(stored, 'whole')).toEqual(['memory-local', 'memory-all', 'peak', 'texture'])
    expect(partNames(stored, 'tiles')).toEqual(['memory-local', 'memory-all', 'texture'])
  })

  it('can be the mean of its tiles', () => {
    expect(imageScore(components, names, { ...options, kind: 'izi', reduction: 'mean' })).toBeCloseTo(
      0.75,
      12,
    )
  })

  it('refuses a component that the run does not store', () => {
    expect(() => imageScore(components, ['a', 'b', 'c', 'd', 'e'], { ...options, kind: 'izi' })).toThrow(
      /component/,
    )
  })

  it('has a known name', () => {
    expect(parseScoreKind('izif')).toBe('izif')
    expect(() => parseScoreKind('best')).toThrow(/no score named "best"/)
  })
})

it('the scores of a system are those that its components allow', () => {
  expect(scoresFrom(criticComponents)).toEqual(['discriminator'])
  expect(scoresFrom(ganomalyComponents)).toEqual(expect.arrayContaining(['izif', 'izi', 'ganomaly']))
  expect(scoresFrom(ganomalyComponents)).not.toContain('ziz')
  expect(scoresFrom(anoganComponents)).toContain('anogan')
  expect(scoresFrom(fanoganComponents)).not.toContain('ganomaly')
})

it('top-k is the mean of the highest tenth', () => {
  const scores = Float64Array.from({ length: 30 }, (_, i) => i)
  expect(reduceTiles(scores, 'top-k')).toBe((29 + 28 + 27) / 3)
  expect(reduceTiles(Float64Array.of(4, 2), 'top-k')).toBe(4)
})

it('a percentile counts ties half', () => {
  expect(percentileAmong([1, 2, 2, 3], 2)).toBe(50)
  expect(percentileAmong([1, 2, 2, 3], 0)).toBe(0)
  expect(percentileAmong([1, 2, 2, 3], 9)).toBe(100)
})
