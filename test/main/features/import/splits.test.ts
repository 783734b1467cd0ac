import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  assignSplits,
  lot,
  provisionalSplit,
  type SplitRule,
} from '../../../../src/main/features/import/splits.ts'

const rule = (values: Partial<SplitRule> = {}): SplitRule => ({
  layout: 'flat',
  seed: 1,
  validationFraction: 0.15,
  ...values,
})
const images = (n: number) =>
  Array.from({ length: n }, (_, id) => ({
    id,
    sha256: createHash('sha256').update(String(id)).digest('hex'),
  }))

function counts(splits: Map<number, string>): Record<string, number> {
  const n = { train: 0, validation: 0, test: 0 }
  for (const split of splits.values()) n[split as keyof typeof n]++
  return n
}

describe('views of one part', () => {
  const views = (parts: number, of: number) =>
    images(parts * of).map((image) => ({ ...image, part: `part ${Math.floor(image.id / of)}` }))

  it('are never in two splits, and the shares are as exact as parts allow', () => {
    const splits = assignSplits(views(100, 5), 'normal', rule())
    for (let i = 0; i < 500; i += 5) {
      expect(new Set([0, 1, 2, 3, 4].map((view) => splits.get(i + view))).size).toBe(1)
    }
    expect(counts(splits)).toEqual({ train: 350, validation: 75, test: 75 })
  })

  it('of two parts are one for validation and one for training', () => {
    expect(counts(assignSplits(views(2, 5), 'normal', rule()))).toEqual({ train: 5, validation: 5, test: 0 })
  })

  it('are drawn by what they hold, in whatever order they come', () => {
    const list = views(40, 3)
    const forward = assignSplits(list, 'normal', rule())
    expect(assignSplits(list.toReversed(), 'normal', rule())).toEqual(forward)
  })
})

describe('the splits of images that have none of their own', () => {
  it('are 70, 15 and 15 percent of the normal ones in a flat folder', () => {
    expect(counts(assignSplits(images(200), 'normal', rule()))).toEqual({
      train: 140,
      validation: 30,
      test: 30,
    })
  })

  it('are 30 and 70 percent of the anomalous ones, none for training', () => {
    expect(counts(assignSplits(images(30), 'anomalous', rule()))).toEqual({
      train: 0,
      validation: 9,
      test: 21,
    })
  })

  it('take validation from train/good, and never test', () => {
    expect(counts(assignSplits(images(480), 'normal', rule({ layout: 'mvtec' })))).toEqual({
      train: 408,
      validation: 72,
      test: 0,
    })
  })

  it('leave a training image and a validation image of few', () => {
    expect(counts(assignSplits(images(1), 'normal', rule()))).toEqual({ train: 1, validation: 0, test: 0 })
    expect(counts(assignSplits(images(2), 'normal', rule()))).toEqual({ train: 1, validation: 1, test: 0 })
    expect(counts(assignSplits([], 'normal', rule()))).toEqual({ train: 0, validation: 0, test: 0 })
  })

  it('take no validation where the dataset brings its own', () => {
    const own = rule({ layout: 'mvtec', validationFraction: 0 })
    expect(counts(assignSplits(images(20), 'normal', own))).toEqual({ train: 20, validation: 0, test: 0 })
  })

  it('depend on the bytes and the seed, not on the order', () => {
    const forward = assignSplits(images(100), 'normal', rule())
    const backward = assignSplits(images(100).reverse(), 'normal', rule())
    expect([...backward].sort(([a], [b]) => a - b)).toEqual([...forward].sort(([a], [b]) => a - b))
    expect(assignSplits(images(100), 'normal', rule({ seed: 2 }))).not.toEqual(forward)
  })

  it('are drawn evenly', () => {
    const lots = images(2000).map(({ sha256 }) => lot(sha256, 1))
    const tenths = Array.from({ length: 10 }, (_, k) => lots.filter((v) => Math.floor(v * 10) === k).length)
    // 200 expected in each tenth with a standard deviation of 13.4: five of them is once in two million.
    expect(tenths.every((n) => Math.abs(n - 200) < 67)).toBe(true)
  })

  it('are nearly right before all images are known', () => {
    const provisional = images(2000).map(({ sha256 }) => provisionalSplit(sha256, 'normal', rule()))
    expect(provisional.filter((split) => split === 'train').length / 2000).toBeCloseTo(0.7, 1)
  })
})
