import { describe, expect, it } from 'vitest'
import { checksFor } from '../../../../src/renderer/screens/train/checks.ts'

const counts = { train: 200, validation: 40, unlabeled: 0 }
const plenty = { counts, notices: [], memoryBytes: 1e9, freeBytes: 8e9 }
const having = (other: Partial<typeof counts>) => ({ ...plenty, counts: { ...counts, ...other } })
const small = { batch: 16, steps: 4000, gpu: false }
const kinds = (...of: Parameters<typeof checksFor>) =>
  checksFor(...of).map(({ kind, tone }) => `${tone} ${kind}`)

describe('before a training starts', () => {
  it('nothing is said where there are enough good parts', () => {
    expect(checksFor(plenty, small)).toEqual([])
  })

  it('a dataset without good parts stops it', () => {
    expect(kinds(having({ train: 0, unlabeled: 12 }), small)).toEqual(['stop no-normals'])
  })

  it('fewer good parts than a batch takes stop it', () => {
    expect(kinds(having({ train: 15 }), small)).toEqual(['stop fewer-than-batch'])
    expect(kinds(having({ train: 16 }), small)).toEqual(['warn few-normals'])
  })

  it('a calibration on nothing, or on little, is warned of', () => {
    expect(kinds(having({ validation: 0 }), small)).toEqual(['warn no-validation'])
    expect(kinds(having({ validation: 9 }), small)).toEqual(['warn few-validation'])
    expect(kinds(having({ validation: 10 }), small)).toEqual([])
  })

  it('images that it leaves out are counted', () => {
    expect(checksFor(having({ unlabeled: 3 }), small)).toEqual([
      { kind: 'unlabeled', tone: 'info', count: 3 },
    ])
  })

  it('hours of work are announced where it is known that there is no GPU', () => {
    expect(kinds(plenty, { ...small, steps: 80_000 })).toEqual(['info slow'])
    expect(kinds(plenty, { ...small, steps: 80_000, gpu: null })).toEqual([])
    expect(kinds(plenty, { ...small, steps: 80_000, gpu: true })).toEqual([])
  })

  it('sizes that mix, pictures in two splits and too little memory are warned of', () => {
    const notices = [
      { code: 'mixed-sizes-whole', count: 3 } as const,
      { code: 'overlap', count: 2 } as const,
      { code: 'overlap-unknown', count: 0 } as const,
    ]
    expect(kinds({ ...plenty, notices, memoryBytes: 8e9 }, small)).toEqual([
      'warn mixed-sizes-whole',
      'warn overlap',
      'info overlap-unknown',
      'warn memory',
    ])
    expect(kinds({ ...having({ train: 0 }), notices }, small)).toEqual(['stop no-normals'])
  })
})
