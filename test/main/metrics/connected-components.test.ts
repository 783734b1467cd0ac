import { describe, expect, it } from 'vitest'
import { connectedComponents } from '../../../src/main/metrics/connected-components.ts'
import { reference } from './reference.ts'

describe.each(reference.components)('regions of mask %#', ({ width, height, mask, eight, four }) => {
  it('are SciPy’s when corners connect', () => {
    const found = connectedComponents(mask, width, height)
    expect([...found.labels]).toEqual(eight.labels)
    expect([...found.areas]).toEqual(eight.areas)
    expect(found.count).toBe(eight.areas.length)
  })

  it('are SciPy’s when edges alone connect', () => {
    const found = connectedComponents(mask, width, height, 4)
    expect([...found.labels]).toEqual(four.labels)
    expect([...found.areas]).toEqual(four.areas)
  })
})

it('regions of a mask of another size than stated are refused', () => {
  expect(() => connectedComponents([1, 0], 3, 1)).toThrow(
    expect.objectContaining({ code: 'metrics-argument' }),
  )
})
