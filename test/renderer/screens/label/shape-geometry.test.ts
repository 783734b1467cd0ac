import { describe, expect, it } from 'vitest'
import {
  contains,
  cornerAt,
  moved,
  shapeAt,
  withCorner,
  withNewCorner,
  withoutCorner,
} from '../../../../src/renderer/screens/label/shape-geometry.ts'
import type { Shape } from '../../../../src/shared/label.ts'

const type = { defectType: 'dent' }
const polygon: Shape = { kind: 'polygon', ...type, points: [2.2, 1, 17, 4.5, 11, 18.1, 5, 9, 1, 15.3] }
const rectangle: Shape = { kind: 'rectangle', ...type, x: 3, y: 4, width: 6, height: 5 }
const stroke: Shape = { kind: 'stroke', ...type, size: 4, points: [3, 3, 14, 8, 9, 15] }
const region: Shape = { kind: 'region', ...type, x: 2, y: 3, width: 4, height: 3, runs: [1, 2, 2, 3, 4] }
const eraser: Shape = { kind: 'stroke', defectType: null, size: 8, points: [5, 5] }

describe('a click', () => {
  /** Inside is where the corners go around once: an oracle by angles, which no part of the code uses. */
  const turns = (points: readonly number[], x: number, y: number): number => {
    let angle = 0
    for (let i = 0; i < points.length; i += 2) {
      const j = (i + 2) % points.length
      const from = Math.atan2((points[i + 1] ?? 0) - y, (points[i] ?? 0) - x)
      const to = Math.atan2((points[j + 1] ?? 0) - y, (points[j] ?? 0) - x)
      angle += ((to - from + 3 * Math.PI) % (2 * Math.PI)) - Math.PI
    }
    return Math.round(angle / (2 * Math.PI))
  }

  it('hits a polygon where its corners go around the point', () => {
    for (let i = 0; i < 400; i += 1) {
      const p = { x: (i % 20) + 0.5, y: Math.floor(i / 20) + 0.5 }
      expect(contains(polygon, p), `${p.x}, ${p.y}`).toBe(turns(polygon.points, p.x, p.y) !== 0)
    }
  })

  it('hits a region where its runs are inside', () => {
    const hit = (x: number, y: number) => contains(region, { x: x + 0.5, y: y + 0.5 })
    expect([2, 3, 4, 5].map((x) => hit(x, 3))).toEqual([false, true, true, false])
    expect([2, 3, 4, 5].map((x) => hit(x, 4))).toEqual([false, true, true, true])
    expect([hit(1, 3), hit(3, 2), hit(3, 5)]).toEqual([false, false, false])
  })

  it('hits a stroke within half of its size', () => {
    expect(contains(stroke, { x: 3, y: 1.1 })).toBe(true)
    expect(contains(stroke, { x: 3, y: 0.9 })).toBe(false)
    expect(contains(stroke, { x: 9, y: 16.9 })).toBe(true)
  })

  it('chooses the uppermost shape, and never the trace of an eraser', () => {
    expect(shapeAt([polygon, rectangle, eraser], { x: 5, y: 5 })).toBe(1)
    expect(shapeAt([polygon, rectangle, eraser], { x: 19.5, y: 19.5 })).toBeNull()
  })
})

describe('corners', () => {
  it('are found within reach, the nearest first', () => {
    expect(cornerAt(rectangle, { x: 8.6, y: 9.2 }, 1)).toBe(2)
    expect(cornerAt(rectangle, { x: 6, y: 6.5 }, 1)).toBeNull()
  })

  it('of a rectangle leave the opposite one where it is', () => {
    expect(withCorner(rectangle, 2, { x: 1, y: 2 })).toEqual({
      ...rectangle,
      x: 1,
      y: 2,
      width: 2,
      height: 2,
    })
  })

  it('can be added on an edge and taken away, and three are left', () => {
    const triangle: Shape = { kind: 'polygon', ...type, points: [0, 0, 10, 0, 0, 10] }
    const more = withNewCorner(triangle, { x: 5, y: 0.2 }, 1)
    expect(more).toEqual({ ...triangle, points: [0, 0, 5, 0.2, 10, 0, 0, 10] })
    expect(more && withoutCorner(more, 1)).toEqual(triangle)
    expect(withoutCorner(triangle, 0)).toBeNull()
    expect(withNewCorner(triangle, { x: 3, y: 3 }, 1)).toBeNull()
  })
})

describe('moving', () => {
  it('takes a region by whole pixels and the others as far as the pointer', () => {
    expect(moved(region, 1.4, -0.6)).toEqual({ ...region, x: 3, y: 2 })
    expect(moved(rectangle, 1.5, 2)).toEqual({ ...rectangle, x: 4.5, y: 6 })
    expect(moved(stroke, 1, 0)).toEqual({ ...stroke, points: [4, 3, 15, 8, 10, 15] })
  })
})
