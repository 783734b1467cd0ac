import { describe, expect, it } from 'vitest'
import { seriesOf } from '../../../../src/renderer/screens/train/preview-series.ts'

const preview = (name: string, step: number, asset = `${name}-${step}`) => ({ name, step, asset })

describe('preview pictures', () => {
  it('are ordered in time, samples before reconstructions', () => {
    const series = seriesOf([
      preview('reconstructed', 160),
      preview('generated', 80),
      preview('generated', 40),
    ])
    expect(series.map(({ name, pictures }) => [name, pictures.map(({ step }) => step)])).toEqual([
      ['generated', [40, 80]],
      ['reconstructed', [160]],
    ])
  })

  it('show the newest of a step once', () => {
    const [series] = seriesOf([preview('generated', 40, 'old'), preview('generated', 40, 'new')])
    expect(series?.pictures).toEqual([preview('generated', 40, 'new')])
  })
})
