import { describe, expect, it } from 'vitest'
import { Curves, spansDecades } from '../../../src/renderer/data/loss-curves.ts'

const point = (phase: string, name: string, step: number, value: number) => ({ phase, name, step, value })

describe('training curves', () => {
  it('share one axis of steps, with gaps where a loss was not told', () => {
    const curves = new Curves()
    curves.add([
      point('encoder', 'encoder', 1, 0.5),
      point('encoder', 'encoder', 2, 0.4),
      point('encoder', 'validation', 2, 0.45),
    ])
    expect(curves.phases()).toEqual([
      {
        phase: 'encoder',
        steps: [1, 2],
        series: [
          { name: 'encoder', values: [0.5, 0.4] },
          { name: 'validation', values: [null, 0.45] },
        ],
      },
    ])
  })

  it('have their phases in the order of the work and their losses by name, however they come', () => {
    const curves = new Curves()
    curves.add([
      point('encoder', 'encoder', 1, 1),
      point('gan', 'penalty', 1, 1),
      point('gan', 'critic', 1, 1),
    ])
    const names = curves.phases().map(({ phase, series }) => [phase, series.map(({ name }) => name)])
    expect(names).toEqual([
      ['gan', ['critic', 'penalty']],
      ['encoder', ['encoder']],
    ])
  })

  it('take the newest value of a step that a resumed training tells again', () => {
    const curves = new Curves()
    curves.add([point('gan', 'critic', 5, 1), point('gan', 'critic', 10, 2)])
    curves.add([point('gan', 'critic', 5, 3)])
    expect(curves.phases()[0]).toMatchObject({ steps: [5, 10], series: [{ values: [3, 2] }] })
  })

  it('are logarithmic where they fall over decades and never reach zero', () => {
    const of = (values: (number | null)[]) => ({
      phase: 'encoder',
      steps: [],
      series: [{ name: 'a', values }],
    })
    expect(spansDecades(of([5, null, 0.1]))).toBe(true)
    expect(spansDecades(of([5, 1]))).toBe(false)
    expect(spansDecades(of([5, 0]))).toBe(false)
    expect(spansDecades(of([]))).toBe(false)
  })
})
