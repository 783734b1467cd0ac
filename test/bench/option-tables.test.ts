import { describe, expect, it } from 'vitest'
import {
  figuresOf,
  mapTable,
  optionTable,
  type ScoredItem,
  type ScoredSet,
} from '../../bench/option-tables.ts'

/** One tile with `peak` and `whitened` for each picture. */
const items = (rows: [ScoredItem['kind'], number, number][]): ScoredItem[] =>
  rows.map(([kind, peak, whitened]) => ({ kind, components: Float32Array.of(peak, whitened) }))

const set: ScoredSet = {
  names: ['peak', 'whitened'],
  options: { k: 1, latent: 1, expectedCriticValue: 0 },
  made: items([
    ['normal', 1, 100],
    ['normal', 2, 200],
    ['normal', 3, 300],
    ['spot', 4, 150],
    ['stain', 1.5, 900],
  ]),
  test: items([
    ['normal', 1, 100],
    ['anomalous', 2, 400],
  ]),
}
const part = (kind: 'peak' | 'whitened') => ({ set, kind })

describe('the figures of an option', () => {
  it('are AUROC against the good pictures, of all made defects and of each type', () => {
    const { made, types, test } = figuresOf({ title: 'peak', parts: [part('peak')], reduction: 'max' })
    // The spot is over all three; the stain over one of three.
    expect(made).toBeCloseTo(4 / 6, 12)
    expect(types).toMatchObject({ spot: 1, scratch: null, stain: expect.closeTo(1 / 3, 12) })
    expect(test).toBe(1)
  })

  it('add several scores up in units of how good pictures spread, so that no unit outweighs another', () => {
    // Peaks spread by 1 (the 10th to the 90th of three lie between the first and the second), whitened by 100.
    const { made, types } = figuresOf({
      title: 'both',
      parts: [part('peak'), part('whitened')],
      reduction: 'max',
    })
    // Less the middle: good ones -2, 0, 2; the spot 2 - 0.5 = 1.5, the stain -0.5 + 7 = 6.5.
    expect(types).toMatchObject({ spot: expect.closeTo(2 / 3, 12), stain: 1 })
    expect(made).toBeCloseTo(5 / 6, 12)
  })

  it('are written as tables, what is not there as a dash', () => {
    const figures = figuresOf({ title: 'peak', parts: [part('peak')], reduction: 'max' })
    expect(optionTable([figures]).split('\n').at(-1)).toBe(
      '| peak | 0.667 | 1.000 | – | 0.333 | – | – | 1.000 |',
    )
    expect(
      mapTable([{ title: 'map', types: { spot: 0.5 } }])
        .split('\n')
        .at(-1),
    ).toBe('| map | 0.500 | – | – | – | – |')
  })
})
