/** The geometry of shapes: which one a click hits, and how one follows the pointer. */
import type { PolygonShape, Shape } from '../../../shared/label.ts'
import { eachRun } from '../../../shared/region-shape.ts'
import { eachPoint, type Point, pointAt } from '../../stage/points.ts'

/** Hundredths of a pixel are finer than any pointer. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** The outline of a polygon, and those of what is cut out of it. */
export const ringsOf = ({ points, holes }: PolygonShape): readonly (readonly number[])[] => [
  points,
  ...(holes ?? []),
]

/** The polygon with other rings; `points` is the first of them. */
function withRings(polygon: PolygonShape, rings: readonly (readonly number[])[]): PolygonShape {
  const [points = [], ...holes] = rings.map((ring) => [...ring])
  const { kind, defectType } = polygon
  return holes.length === 0 ? { kind, defectType, points } : { kind, defectType, points, holes }
}

/** The ring that has a corner, by the number of the corner among all of the polygon, and its place there. */
function ringOfCorner(polygon: PolygonShape, corner: number): { ring: number; place: number } {
  let place = corner
  for (const [ring, points] of ringsOf(polygon).entries()) {
    if (place < points.length / 2) return { ring, place }
    place -= points.length / 2
  }
  throw new RangeError(`There is no corner ${corner}.`)
}

/** By the even-odd rule, which also decides which pixels of the mask a polygon covers. */
function inPolygon(points: readonly number[], { x, y }: Point): boolean {
  if (points.length === 0) return false
  let inside = false
  let before = pointAt(points, points.length / 2 - 1)
  eachPoint(points, (cornerX, cornerY) => {
    const along = (y - cornerY) / (before.y - cornerY)
    if (cornerY > y !== before.y > y && x < cornerX + along * (before.x - cornerX)) inside = !inside
    before = { x: cornerX, y: cornerY }
  })
  return inside
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
  const along = length === 0 ? 0 : ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(p.x - a.x - t * (b.x - a.x), p.y - a.y - t * (b.y - a.y))
}

export function contains(shape: Shape, p: Point): boolean {
  switch (shape.kind) {
    case 'polygon':
      return ringsOf(shape).filter((ring) => inPolygon(ring, p)).length % 2 === 1
    case 'rectangle':
      return p.x >= shape.x && p.y >= shape.y && p.x < shape.x + shape.width && p.y < shape.y + shape.height
    case 'stroke': {
      const count = shape.points.length / 2
      for (let i = 0; i < count; i += 1) {
        const a = pointAt(shape.points, i)
        const b = i + 1 < count ? pointAt(shape.points, i + 1) : a
        if (distanceToSegment(p, a, b) <= shape.size / 2) return true
      }
      return false
    }
    case 'region': {
      const x = Math.floor(p.x)
      const y = Math.floor(p.y)
      if (x < shape.x || y < shape.y || x >= shape.x + shape.width || y >= shape.y + shape.height)
        return false
      let hit = false
      eachRun(shape, (row, from, to) => {
        if (row === y && x >= from && x < to) hit = true
      })
      return hit
    }
  }
}

/** The uppermost shape at a point; an eraser's trace cannot be chosen. */
export function shapeAt(shapes: readonly Shape[], p: Point): number | null {
  for (let i = shapes.length - 1; i >= 0; i -= 1) {
    const shape = shapes[i]
    if (shape !== undefined && shape.defectType !== null && contains(shape, p)) return i
  }
  return null
}

/** The corners that can be dragged; strokes and regions of single pixels have none. */
export function cornersOf(shape: Shape): Point[] {
  if (shape.kind === 'polygon') {
    return ringsOf(shape).flatMap((ring) =>
      Array.from({ length: ring.length / 2 }, (_, i) => pointAt(ring, i)),
    )
  }
  if (shape.kind !== 'rectangle') return []
  const { x, y, width, height } = shape
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ]
}

/** The corner at most `reach` away, the nearest of several; null where none is. */
export function cornerAt(shape: Shape, p: Point, reach: number): number | null {
  let best: number | null = null
  let nearest = reach
  for (const [i, corner] of cornersOf(shape).entries()) {
    const distance = Math.hypot(corner.x - p.x, corner.y - p.y)
    if (distance > nearest) continue
    nearest = distance
    best = i
  }
  return best
}

export function withCorner(shape: Shape, corner: number, to: Point): Shape {
  if (shape.kind === 'polygon') {
    const { ring, place } = ringOfCorner(shape, corner)
    const set = (points: readonly number[]): number[] =>
      points.with(place * 2, rounded(to.x)).with(place * 2 + 1, rounded(to.y))
    return withRings(
      shape,
      ringsOf(shape).map((points, i) => (i === ring ? set(points) : points)),
    )
  }
  const opposite = cornersOf(shape)[(corner + 2) % 4]
  if (shape.kind !== 'rectangle' || opposite === undefined) return shape
  return rectangle(shape.defectType, opposite, to) ?? shape
}

export function rectangle(
  defectType: string,
  a: Point,
  b: Point,
): Extract<Shape, { kind: 'rectangle' }> | null {
  const width = rounded(Math.abs(a.x - b.x))
  const height = rounded(Math.abs(a.y - b.y))
  if (width < 0.5 || height < 0.5) return null
  const x = rounded(Math.min(a.x, b.x))
  const y = rounded(Math.min(a.y, b.y))
  return { kind: 'rectangle', defectType, x, y, width, height }
}

export function moved(shape: Shape, dx: number, dy: number): Shape {
  switch (shape.kind) {
    case 'rectangle':
      return { ...shape, x: rounded(shape.x + dx), y: rounded(shape.y + dy) }
    case 'region':
      return { ...shape, x: shape.x + Math.round(dx), y: shape.y + Math.round(dy) }
    case 'polygon':
      return withRings(
        shape,
        ringsOf(shape).map((ring) => movedPoints(ring, dx, dy)),
      )
    case 'stroke':
      return { ...shape, points: movedPoints(shape.points, dx, dy) }
  }
}

const movedPoints = (points: readonly number[], dx: number, dy: number): number[] =>
  points.map((value, i) => rounded(value + (i % 2 === 0 ? dx : dy)))

/** A polygon with a new corner on the edge at a point; null where no edge is within `reach`. */
export function withNewCorner(shape: Shape, p: Point, reach: number): Shape | null {
  if (shape.kind !== 'polygon') return null
  const rings = ringsOf(shape)
  for (const [place, ring] of rings.entries()) {
    const count = ring.length / 2
    for (let i = 0; i < count; i += 1) {
      if (distanceToSegment(p, pointAt(ring, i), pointAt(ring, (i + 1) % count)) > reach) continue
      const points = ring.toSpliced(i * 2 + 2, 0, rounded(p.x), rounded(p.y))
      return withRings(shape, rings.with(place, points))
    }
  }
  return null
}

/** A polygon without one of its corners, or without the hole that had only three; null where it would be none any more. */
export function withoutCorner(shape: Shape, corner: number): Shape | null {
  if (shape.kind !== 'polygon') return null
  const rings = ringsOf(shape)
  const { ring, place } = ringOfCorner(shape, corner)
  const fewer = rings.flatMap((points, i) => {
    if (i !== ring) return [points]
    return points.length <= 6 ? [] : [points.toSpliced(place * 2, 2)]
  })
  return ring === 0 && fewer.length < rings.length ? null : withRings(shape, fewer)
}
