import { describe, expect, it } from 'vitest'
import { curvePairs } from '../../../../src/renderer/screens/runs/curves-together.ts'
import { parameterPairs } from '../../../../src/renderer/screens/runs/parameter-differences.ts'

describe('two runs compared', () => {
  it('show first the parameters that differ, also those that one system alone has', () => {
    const pairs = parameterPairs({ size: 64, batch: 16, k: 1 }, { batch: 32, size: 64, patience: 3 })
    expect(pairs.map(({ name, a, b, differs }) => [name, a, b, differs])).toEqual([
      ['batch', 16, 32, true],
      ['patience', undefined, 3, true],
      ['k', 1, undefined, true],
      ['size', 64, 64, false],
    ])
  })

  it('have the curves that both tell on one axis, with gaps where one tells nothing', () => {
    const a = [{ phase: 'gan', steps: [1, 2], series: [{ name: 'critic', values: [5, 6] }] }]
    const b = [
      {
        phase: 'gan',
        steps: [2, 4],
        series: [
          { name: 'critic', values: [7, 8] },
          { name: 'penalty', values: [1, 1] },
        ],
      },
      { phase: 'encoder', steps: [1], series: [{ name: 'izif', values: [1] }] },
    ]
    expect(curvePairs(a, b)).toEqual([
      { phase: 'gan', name: 'critic', steps: [1, 2, 4], a: [5, 6, null], b: [null, 7, 8] },
    ])
  })
})
