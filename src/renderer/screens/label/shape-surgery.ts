/**
 * Cuts pieces out of shapes, parts them along a line and merges them. What can stay corners stays corners; all else is
 * done with single pixels, so that what is marked never changes by more than was asked for.
 */
import type { PolygonShape, RegionShape, Shape } from '../../../shared/label.ts'
import { rasterize } from '../../../shared/rasterize.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import { eachPoint, flatPoints, type Point, pointAt } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'
import { contains, cornersOf, ringsOf, rounded } from './shape-geometry.ts'

/** Pixels of a part of the photograph, row by row: 1 inside, else 0. */
interface Patch extends Size, Point {
  data: Uint8Array
}

/** The pixels that lie within any of the shapes; null where they are outside of the photograph. */
function patchOf(shapes: readonly Shape[], photograph: Size): Patch | null {
  let [left, top, right, bottom] = [photograph.width, photograph.height, 0, 0]
  for (const shape of shapes) {
    const reach = shape.kind === 'stroke' ? shape.size / 2 : 0
    const include = (x: number, y: number): void => {
      left = Math.min(left, Math.floor(x - reach))
      top = Math.min(top, Math.floor(y - reach))
      right = Math.max(right, Math.ceil(x + reach))
      bottom = Math.max(bottom, Math.ceil(y + reach))
    }
    if ('points' in shape) eachPoint(shape.points, include)
    else {
      include(shape.x, shape.y)
      include(shape.x + shape.width, shape.y + shape.height)
    }
  }
  const x = Math.max(0, left)
  const y = Math.max(0, top)
  const width = Math.min(photograph.width, right) - x
  const height = Math.min(photograph.height, bottom) - y
  if (width <= 0 || height <= 0) return null
  const { data } = rasterize(
    shapes.map((shape) => ({ ...shifted(shape, -x, -y), defectType: 'a' })),
    width,
    height,
  )
  return { x, y, width, height, data }
}

/** Without rounding: no pixel may change. */
function shifted(shape: Shape, dx: number, dy: number): Shape {
  const shift = (points: readonly number[]): number[] =>
    points.map((value, i) => value + (i % 2 === 0 ? dx : dy))
  if (shape.kind === 'polygon') {
    const { holes, ...outline } = shape
    const points = shift(shape.points)
    return holes === undefined ? { ...outline, points } : { ...outline, points, holes: holes.map(shift) }
  }
  if (shape.kind === 'stroke') return { ...shape, points: shift(shape.points) }
  return { ...shape, x: shape.x + dx, y: shape.y + dy }
}

function regionOf(
  patch: Patch,
  isInside: (index: number) => boolean,
  defectType: string,
): RegionShape | null {
  const region = regionShapeOf(patch, isInside, defectType)
  return region === null ? null : { ...region, x: region.x + patch.x, y: region.y + patch.y }
}

/** On which side of the line through a and b a point is: positive, negative, or 0 on it. */
const sideOf = (a: Point, b: Point, p: Point): number => (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)

const cross = (a: Point, b: Point, c: Point, d: Point): boolean =>
  sideOf(a, b, c) > 0 !== sideOf(a, b, d) > 0 && sideOf(c, d, a) > 0 !== sideOf(c, d, b) > 0

const pointsOf = (ring: readonly number[]): Point[] =>
  Array.from({ length: ring.length / 2 }, (_, i) => pointAt(ring, i))

function edgesOf(ring: readonly number[]): [Point, Point][] {
  const count = ring.length / 2
  return Array.from({ length: count }, (_, i) => [pointAt(ring, i), pointAt(ring, (i + 1) % count)])
}

const asPolygon = (shape: Shape): PolygonShape | null => {
  if (shape.kind === 'polygon') return shape
  if (shape.kind !== 'rectangle') return null
  return { kind: 'polygon', defectType: shape.defectType, points: flatPoints(cornersOf(shape)) }
}

/** Whether a ring lies wholly within a polygon, and crosses neither it, its holes nor itself. */
function fitsWithin(ring: readonly number[], polygon: PolygonShape): boolean {
  if (!pointsOf(ring).every((point) => contains(polygon, point))) return false
  const own = edgesOf(ring)
  const others = ringsOf(polygon).flatMap(edgesOf)
  if (own.some(([a, b]) => others.some(([c, d]) => cross(a, b, c, d)))) return false
  // Edges that follow each other share a corner, and so do the last and the first.
  const crossesItself = own.some(([a, b], i) =>
    own.slice(i + 2, i === 0 ? -1 : undefined).some(([c, d]) => cross(a, b, c, d)),
  )
  if (crossesItself) return false
  const piece: PolygonShape = { kind: 'polygon', defectType: polygon.defectType, points: [...ring] }
  return !(polygon.holes ?? []).some((hole) => contains(piece, pointAt(hole, 0)))
}

/**
 * The shape without what lies within a ring; null where nothing of it is left, and the shape itself where the ring
 * does not touch it.
 */
export function cutOut<S extends Shape & { defectType: string }>(
  shape: S,
  ring: readonly number[],
  photograph: Size,
): Shape | null {
  const piece: PolygonShape = { kind: 'polygon', defectType: shape.defectType, points: [...ring] }
  const patch = patchOf([shape], photograph)
  if (patch === null) return shape
  const { width, height } = patch
  const { data: taken } = rasterize([shifted(piece, -patch.x, -patch.y)], width, height)
  if (!patch.data.some((inside, i) => inside === 1 && taken[i] === 1)) return shape
  const polygon = asPolygon(shape)
  if (polygon !== null && fitsWithin(ring, polygon)) {
    return { ...polygon, holes: [...(polygon.holes ?? []), [...ring]] }
  }
  return regionOf(patch, (index) => patch.data[index] === 1 && taken[index] === 0, shape.defectType)
}

/** All that any of the shapes marks, as one shape; null where that is nothing. */
export const merged = (
  shapes: readonly Shape[],
  defectType: string,
  photograph: Size,
): RegionShape | null => {
  const patch = patchOf(shapes, photograph)
  return patch === null ? null : regionOf(patch, (index) => patch.data[index] === 1, defectType)
}

/** The two parts of a shape on both sides of a line that goes across it; null where the line does not part it. */
export function split(
  shape: Shape & { defectType: string },
  [a, b]: readonly [Point, Point],
  photograph: Size,
): [Shape, Shape] | null {
  const polygon = asPolygon(shape)
  const cut = polygon === null || polygon.holes !== undefined ? null : splitPolygon(polygon, a, b)
  return cut ?? splitPixels(shape, a, b, photograph)
}

/** Where the line crosses the outline exactly twice, both parts have their corners. */
function splitPolygon(polygon: PolygonShape, a: Point, b: Point): [Shape, Shape] | null {
  const corners = pointsOf(polygon.points)
  const crossings = edgesOf(polygon.points).flatMap(([c, d], edge) => {
    if (!cross(a, b, c, d)) return []
    const along = sideOf(a, b, c) / (sideOf(a, b, c) - sideOf(a, b, d))
    const at = { x: rounded(c.x + along * (d.x - c.x)), y: rounded(c.y + along * (d.y - c.y)) }
    return [{ edge, at }]
  })
  const [first, second] = crossings
  if (first === undefined || second === undefined || crossings.length > 2) return null
  const part = (points: Point[]): Shape => ({ ...polygon, points: flatPoints(points) })
  const between = corners.slice(first.edge + 1, second.edge + 1)
  const around = [...corners.slice(second.edge + 1), ...corners.slice(0, first.edge + 1)]
  if (between.length === 0 || around.length === 0) return null
  return [part([first.at, ...between, second.at]), part([second.at, ...around, first.at])]
}

function splitPixels(
  shape: Shape & { defectType: string },
  a: Point,
  b: Point,
  photograph: Size,
): [Shape, Shape] | null {
  const patch = patchOf([shape], photograph)
  if (patch === null) return null
  const from = { x: a.x - patch.x, y: a.y - patch.y }
  const to = { x: b.x - patch.x, y: b.y - patch.y }
  const whole = piecesOf(patch, null)
  const parted = piecesOf(patch, [from, to])
  if (parted.sides.length <= whole.sides.length) return null
  const isLeft = (index: number): boolean => (parted.sides[(parted.labels[index] ?? 0) - 1] ?? 0) > 0
  const left = regionOf(patch, (index) => patch.data[index] === 1 && isLeft(index), shape.defectType)
  const right = regionOf(patch, (index) => patch.data[index] === 1 && !isLeft(index), shape.defectType)
  return left === null || right === null ? null : [left, right]
}

/**
 * The pieces of a patch: of each pixel the number of its piece, from 1, and of each piece on which side of the line
 * most of it lies. Pixels are one piece where they touch at an edge, and no line goes between their middles.
 */
function piecesOf(
  { data, width, height }: Patch,
  line: readonly [Point, Point] | null,
): { labels: Int32Array; sides: number[] } {
  const labels = new Int32Array(data.length)
  const sides: number[] = []
  const stack: number[] = []
  const middle = (index: number): Point => ({
    x: (index % width) + 0.5,
    y: Math.floor(index / width) + 0.5,
  })
  const isParted = (at: number, next: number): boolean =>
    line !== null && cross(line[0], line[1], middle(at), middle(next))
  for (let start = 0; start < data.length; start += 1) {
    if (data[start] !== 1 || labels[start] !== 0) continue
    let side = 0
    const piece = sides.length + 1
    labels[start] = piece
    stack.push(start)
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (line !== null) side += Math.sign(sideOf(line[0], line[1], middle(at)))
      const x = at % width
      const neighbors = [
        x > 0 ? at - 1 : -1,
        x < width - 1 ? at + 1 : -1,
        at - width,
        at + width < width * height ? at + width : -1,
      ]
      for (const next of neighbors) {
        if (next < 0 || data[next] !== 1 || labels[next] !== 0 || isParted(at, next)) continue
        labels[next] = piece
        stack.push(next)
      }
    }
    sides.push(side)
  }
  return { labels, sides }
}
