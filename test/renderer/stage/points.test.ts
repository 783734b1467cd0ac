import { expect, it } from 'vitest'
import { eachPoint, flatPoints, type Point, pointAt } from '../../../src/renderer/stage/points.ts'

it('a list of numbers is read as points in its order, and written as it was', () => {
  const points: Point[] = []
  eachPoint([1, 2, 3, 4], (x, y, place) => {
    expect(place).toBe(points.length)
    points.push({ x, y })
  })
  expect(points).toEqual([
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ])
  expect(flatPoints(points)).toEqual([1, 2, 3, 4])
  expect(pointAt([1, 2, 3, 4], 1)).toEqual({ x: 3, y: 4 })
})

it('half a point is an error, not a point at zero', () => {
  expect(() => eachPoint([1, 2, 3], () => undefined)).toThrow(RangeError)
  expect(() => pointAt([1, 2], 1)).toThrow(RangeError)
})
