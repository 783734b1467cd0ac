import { describe, expect, it } from 'vitest'
import { rectangleOf } from '../../../src/renderer/screens/datasets/region-of-interest-stage.ts'
import {
  edgesOf,
  insideOfRuns,
  traceRegionOfInterest,
} from '../../../src/renderer/stage/region-of-interest.ts'

it('runs along the rows say which pixels count, those outside first', () => {
  expect([...insideOfRuns({ width: 3, height: 2, runs: [1, 3, 2] })]).toEqual([0, 1, 1, 1, 0, 0])
  expect([...insideOfRuns({ width: 2, height: 1, runs: [0, 2] })]).toEqual([1, 1])
})

describe('the edges of what counts', () => {
  it('go once around a single pixel', () => {
    const inside = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0)
    expect(edgesOf({ width: 3, height: 3 }, inside)).toEqual([
      [1, 1, 2, 1],
      [1, 2, 2, 2],
      [1, 1, 1, 2],
      [2, 1, 2, 2],
    ])
  })

  it('go along the border of the photograph where all of it counts, as one line for each side', () => {
    expect(edgesOf({ width: 4, height: 2 }, new Uint8Array(8).fill(1))).toEqual([
      [0, 0, 4, 0],
      [0, 2, 4, 2],
      [0, 0, 0, 2],
      [4, 0, 4, 2],
    ])
  })
})

it('a path around a drawn region goes to its corners in pixels and is closed', () => {
  const path: string[] = []
  traceRegionOfInterest(
    {
      beginPath: () => path.push('begin'),
      moveTo: (x, y) => path.push(`move ${x} ${y}`),
      lineTo: (x, y) => path.push(`line ${x} ${y}`),
      closePath: () => path.push('close'),
    },
    { width: 200, height: 100 },
    { polygons: [[0.5, 0, 1, 1, 0, 1]] },
  )
  expect(path).toEqual(['begin', 'move 100 0', 'line 200 100', 'line 0 100', 'close'])
})

it('a rectangle is the same from whichever corner it is dragged', () => {
  const wanted = [0.2, 0.1, 0.8, 0.1, 0.8, 0.6, 0.2, 0.6]
  expect(rectangleOf({ x: 0.2, y: 0.1 }, { x: 0.8, y: 0.6 })).toEqual(wanted)
  expect(rectangleOf({ x: 0.8, y: 0.1 }, { x: 0.2, y: 0.6 })).toEqual(wanted)
})
