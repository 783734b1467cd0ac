import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type DrawnImage, drawSplits } from '../../../../src/main/features/datasets/draw-splits.ts'
import type { SplitRequest } from '../../../../src/shared/dataset.ts'
import type { Split } from '../../../../src/shared/image.ts'

const shaOf = (text: string): string => createHash('sha256').update(text).digest('hex')

function image(id: number, values: Partial<DrawnImage> = {}): DrawnImage {
  const file = values.file ?? `photo ${id}.png`
  return {
    id,
    sha256: shaOf(file),
    file,
    split: 'train',
    label: 'normal',
    defectType: null,
    partGroup: null,
    ...values,
  }
}
const images = (count: number, values: (i: number) => Partial<DrawnImage> = () => ({})): DrawnImage[] =>
  Array.from({ length: count }, (_, i) => image(i + 1, values(i)))

const request: SplitRequest = {
  validation: 0.2,
  test: 0.1,
  anomalous: null,
  only: 'all',
  seed: 1,
  stratified: true,
  pattern: null,
}
const numbers = (splits: Map<number, Split>, wanted: Split): number =>
  [...splits.values()].filter((split) => split === wanted).length

describe('drawing splits', () => {
  it('keeps the views of a part together that an import found, where no pattern is given', () => {
    const list = images(300, (i) => ({ partGroup: `part ${Math.floor(i / 3)}` }))
    const { splits, groups } = drawSplits(list, request, false)
    for (let i = 0; i < 300; i += 3) {
      expect(new Set([i + 1, i + 2, i + 3].map((id) => splits.get(id))).size).toBe(1)
    }
    expect(groups.size).toBe(300)
  })

  it('gives each split its share of the normal images', () => {
    const { splits } = drawSplits(images(200), request, false)
    expect([numbers(splits, 'train'), numbers(splits, 'validation'), numbers(splits, 'test')]).toEqual([
      140, 40, 20,
    ])
  })

  it('is the same for the same seed in any order, and another for another seed', () => {
    const list = images(100)
    const first = drawSplits(list, request, false).splits
    const turned = drawSplits([...list].reverse(), request, false).splits
    expect([...turned].sort()).toEqual([...first].sort())
    expect([...drawSplits(list, { ...request, seed: 2 }, false).splits].sort()).not.toEqual([...first].sort())
  })

  it('never trains on an anomalous image, and shares each kind out on its own', () => {
    const list = images(90, (i) => ({
      label: 'anomalous',
      defectType: ['dent', 'scratch', 'hole'][i % 3] ?? null,
    }))
    const { preview } = drawSplits(list, request, false)
    expect(preview.strata.map(({ counts }) => counts)).toEqual([
      { train: 0, validation: 20, test: 10, live: 0 },
      { train: 0, validation: 20, test: 10, live: 0 },
      { train: 0, validation: 20, test: 10, live: 0 },
    ])
  })

  it('gives validation the asked share of each kind of defect, whatever becomes of the normal images', () => {
    const list = [
      ...images(100),
      ...images(50, (i) => ({
        label: 'anomalous',
        file: `defect ${i}.png`,
        defectType: i < 40 ? 'dent' : 'hole',
      })).map((one) => ({ ...one, id: one.id + 100 })),
    ]
    const { preview } = drawSplits(list, { ...request, anomalous: 0.7 }, false)
    expect(preview.strata).toEqual([
      { name: 'normal', counts: { train: 70, validation: 20, test: 10, live: 0 } },
      { name: 'dent', counts: { train: 0, validation: 28, test: 12, live: 0 } },
      { name: 'hole', counts: { train: 0, validation: 7, test: 3, live: 0 } },
    ])
  })

  it('leaves every normal image where it is when only the anomalous ones are shared out', () => {
    const list = images(20, (i) => (i < 10 ? {} : { label: 'anomalous', split: 'test', defectType: 'dent' }))
    const { splits, preview } = drawSplits(list, { ...request, anomalous: 0.3, only: 'anomalous' }, false)
    expect([...splits.keys()].sort((a, b) => a - b)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
    expect(preview).toMatchObject({
      after: { train: 10, validation: 3, test: 7, live: 0 },
      moved: 3,
      kept: 10,
    })
  })

  it('keeps all photographs of a part in one split', () => {
    const list = images(300, (i) => ({ file: `part${i % 60}_cam${Math.floor(i / 60)}.png` }))
    const { splits, groups, preview } = drawSplits(list, { ...request, pattern: '(part\\d+)_' }, false)
    const splitsOf = new Map<string, Set<Split>>()
    for (const [id, split] of splits) {
      const group = groups.get(id) ?? ''
      splitsOf.set(group, (splitsOf.get(group) ?? new Set()).add(split))
    }
    expect(splitsOf.size).toBe(60)
    expect([...splitsOf.values()].every(({ size }) => size === 1)).toBe(true)
    expect(preview.groups).toMatchObject({ count: 60, largest: 5, unmatched: 0 })
    expect(preview.after).toEqual({ train: 210, validation: 60, test: 30, live: 0 })
  })

  it('says which names the pattern does not match', () => {
    const list = images(3, (i) => ({ file: i === 0 ? 'other.png' : `part${i}.png` }))
    const { preview } = drawSplits(list, { ...request, pattern: 'part\\d' }, false)
    expect(preview.groups).toMatchObject({ count: 2, unmatched: 1 })
    expect(preview.groups.examples).toContainEqual({ file: 'other.png', group: null })
    expect(preview.groups.examples).toContainEqual({ file: 'part1.png', group: 'part1' })
  })

  it('leaves live parts where they are, whatever their label', () => {
    const list = images(10, (i) => ({ split: 'live', ...(i < 5 ? {} : { label: 'anomalous' }) }))
    const { splits, preview } = drawSplits(list, request, false)
    expect(splits.size).toBe(0)
    expect(preview).toMatchObject({ after: { train: 0, validation: 0, test: 0, live: 10 }, kept: 10 })
  })

  it('leaves unlabeled images where they are', () => {
    const { splits, preview } = drawSplits(
      images(5, () => ({ label: 'unlabeled', split: 'test' })),
      request,
      false,
    )
    expect(splits.size).toBe(0)
    expect(preview).toMatchObject({ kept: 5, moved: 0 })
  })

  it('takes nothing out of a frozen validation set, puts nothing in, and learns from no part that is in it', () => {
    const list = images(40, (i) => ({
      file: `part${i % 20}_${i}.png`,
      split: i < 4 ? 'validation' : 'train',
    }))
    const { splits } = drawSplits(list, { ...request, pattern: '(part\\d+)_' }, true)
    expect([1, 2, 3, 4].filter((id) => splits.has(id))).toEqual([])
    expect(numbers(splits, 'validation')).toBe(0)
    expect([21, 22, 23, 24].map((id) => splits.get(id))).toEqual(['test', 'test', 'test', 'test'])
  })

  it('refuses a pattern that is none, and shares that leave nothing to train', () => {
    const draw = (values: Partial<SplitRequest>) => () =>
      drawSplits(images(3), { ...request, ...values }, false)
    expect(draw({ pattern: '(part' })).toThrow(expect.objectContaining({ code: 'pattern-invalid' }))
    expect(draw({ validation: 0.6, test: 0.4 })).toThrow(
      expect.objectContaining({ code: 'fractions-invalid' }),
    )
  })
})
