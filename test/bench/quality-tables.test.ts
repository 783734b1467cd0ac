import { describe, expect, it } from 'vitest'
import { betweenMarks, meanAndSpread, type QualityRun, qualityTables } from '../../bench/quality-tables.ts'

const run = (values: Partial<QualityRun>): QualityRun => ({
  dataset: 'tiles',
  model: 'fanogan',
  preset: 'quick',
  seed: 1,
  run: 'r',
  ownScore: 'izif',
  steps: 100,
  trainingSeconds: 60,
  millisecondsPerImage: 20,
  weightsSha256: 'a',
  warnings: [],
  scores: { izif: { imageAuroc: 0.7, imageAuprc: 0.6 } },
  pixelAuroc: 0.8,
  aupro: 0.5,
  perDefectType: {
    break: { n: 3, imageAuroc: 0.9, pixelAuroc: 0.85 },
    crack: { n: 2, imageAuroc: 0.6, pixelAuroc: null },
  },
  ...values,
})

describe('a figure over seeds', () => {
  it('is the mean, with the smallest and the largest', () => {
    expect(meanAndSpread([0.5, 0.75, 0.7])).toBe('0.650 (0.500–0.750)')
  })

  it('is the value alone where there is one, and a dash where there is none', () => {
    expect(meanAndSpread([0.5, null])).toBe('0.500')
    expect(meanAndSpread([null])).toBe('–')
  })
})

describe('the tables', () => {
  const slow = {
    model: 'anogan',
    ownScore: 'anogan',
    scores: { anogan: { imageAuroc: 0.5, imageAuprc: 0.4 } },
  }
  const text = qualityTables(
    [
      run({}),
      run({ seed: 2, scores: { izif: { imageAuroc: 0.8, imageAuprc: 0.7 } } }),
      run({ ...slow, millisecondsPerImage: 3000 }),
      run({ dataset: 'figures', model: 'wgan', pixelAuroc: null, aupro: null }),
    ],
    'Measured by hand.',
  )

  it('have a section for each dataset', () => {
    expect(text.match(/^### .*$/gm)).toEqual(['### tiles', '### figures'])
  })

  it('put the seeds of a system and a preset into one row', () => {
    expect(text).toContain('| fanogan | quick | **izif** | 0.750 (0.700–0.800) | 0.650 (0.600–0.700) |')
    expect(text).toContain('| anogan | quick | **anogan** | 0.500 | 0.400 |')
  })

  it('show defect types side by side, and pixels only where there are maps', () => {
    expect(text).toContain(
      '| fanogan | quick | 0.800 (0.800–0.800) | 0.500 (0.500–0.500) | 0.850 (0.850–0.850) | – |',
    )
    expect(text.split('### figures')[1]).not.toContain('Pixels')
  })

  it('say how many times as long AnoGAN takes', () => {
    expect(text).toContain('150 times as long')
  })
})

describe('the marks of a document', () => {
  it('keep what is around them and take what is between them', () => {
    const document = 'above\n<!-- quality:begin -->\nold\n<!-- quality:end -->\nbelow\n'
    expect(betweenMarks(document, 'new')).toBe(
      'above\n<!-- quality:begin -->\n\nnew\n\n<!-- quality:end -->\nbelow\n',
    )
  })

  it('must be there', () => {
    expect(() => betweenMarks('nothing', 'new')).toThrow(/quality:begin/)
  })
})
