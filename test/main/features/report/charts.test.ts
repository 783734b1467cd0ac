import { describe, expect, it } from 'vitest'
import {
  type CurveWords,
  curveChart,
  type HistogramWords,
  histogramChart,
} from '../../../../src/main/features/report/charts.ts'
import { inSvg } from '../../../../src/main/features/report/fonts.ts'
import { short, ticks, tickText } from '../../../../src/main/features/report/ticks.ts'

const curve: CurveWords = {
  x: 'False rejects, %',
  y: 'Recall, %',
  curve: 'Model',
  at: 'Operating point',
  diagonal: 'Guessing',
}
const scores: HistogramWords = {
  x: 'Score',
  y: 'Parts, %',
  normal: 'Good parts',
  anomalous: 'Defects',
  threshold: 'Threshold 6',
}
const set = inSvg('en')
const diagonal: [number, number][] = [
  [0, 0],
  [1, 1],
]

/** The texts of an SVG, in its order. */
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, inner = '']) => inner.replaceAll(/<[^>]*>/g, ''))

describe('the drawings of a report', () => {
  it('run from the lower left to the upper right', () => {
    const svg = curveChart(diagonal, [0.5, 0.5], curve, set)
    expect(svg).toContain('M44 212 L316 24')
    expect(svg).toContain('<circle cx="180" cy="118"')
  })

  it('say what their axes and their marks are', () => {
    expect(textsOf(curveChart(diagonal, [0.5, 0.5], curve, set))).toEqual(
      expect.arrayContaining([...Object.values(curve), '0', '25', '50', '75', '100']),
    )
    expect(textsOf(histogramChart([0, 1], [2, 3], 6, scores, set))).toEqual(
      expect.arrayContaining([...Object.values(scores), '0', '2', '4', '6']),
    )
  })

  it('have no legend for what they do not show', () => {
    const texts = textsOf(histogramChart([0, 1], [], null, scores, set))
    expect(texts).toContain('Good parts')
    expect(texts).not.toContain('Defects')
    expect(texts).not.toContain('Threshold 6')
    expect(textsOf(curveChart(diagonal, null, { ...curve, diagonal: null }, set))).not.toContain(
      'Operating point',
    )
  })

  it('show the threshold, also beyond all scores', () => {
    expect(histogramChart([0, 1], [2, 3], 6, scores, set)).toContain('<line x1="316" y1="24" x2="316"')
  })
})

describe('the numbers of an axis', () => {
  it.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.0131, 0.0492, 5, [0.02, 0.03, 0.04]],
    [0, 13.3, 4, [0, 5, 10]],
    [3, 3, 4, [3]],
  ])('from %d to %d are round', (low, high, count, expected) => {
    expect(ticks(low, high, count).map((value) => Number(tickText(value)))).toEqual(expected)
  })

  it('are as short as a reader needs them', () => {
    expect([0, 0.5, 12.345, 1234, 12_345, 0.000_12].map(short)).toEqual([
      '0',
      '0.5',
      '12.3',
      '1234',
      '1.2e4',
      '1.2e-4',
    ])
  })
})
