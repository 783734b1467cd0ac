/**
 * Converts drawn shapes to pixels. A pixel belongs to a shape when its center does (the inside of a polygon is by the
 * even-odd rule), as in every tool that reads these masks.
 */
import { elementAt } from './element-at.ts'
import { ignoredType, type Shape } from './label.ts'
import { eachRun } from './region-shape.ts'

export interface Raster {
  width: number
  height: number
  /**
   * Row-major [height, width]: 0 where nothing is drawn, else 1 + the place of its type in `types`. What is to be
   * ignored has `ignoredType` there; `defectsOf` leaves it out.
   */
  data: Uint8Array
  types: string[]
}

/** The most defect types in one picture: each has a value of a byte. */
export const mostTypes = 255

export function rasterize(shapes: readonly Shape[], width: number, height: number): Raster {
  const data = new Uint8Array(width * height)
  const types: string[] = []
  const valueFor = (type: string | null): number => {
    if (type === null) return 0
    const known = types.indexOf(type)
    if (known >= 0) return known + 1
    if (types.length === mostTypes)
      throw new RangeError(`more than ${mostTypes} kinds of defect on one image`)
    types.push(type)
    return types.length
  }
  const fill = (y: number, from: number, to: number, value: number): void => {
    if (y < 0 || y >= height) return
    const start = Math.max(0, from)
    const end = Math.min(width, to)
    if (start < end) data.fill(value, y * width + start, y * width + end)
  }
  for (const shape of shapes) {
    if ('points' in shape) requirePairs(shape.points)
    const value = valueFor(shape.defectType)
    const paint = (y: number, from: number, to: number): void => fill(y, from, to, value)
    switch (shape.kind) {
      case 'polygon':
        fillPolygon([shape.points, ...(shape.holes ?? [])], height, paint)
        break
      case 'rectangle': {
        const bottom = Math.ceil(shape.y + shape.height - 0.5)
        for (let y = Math.ceil(shape.y - 0.5); y < bottom; y += 1) {
          paint(y, Math.ceil(shape.x - 0.5), Math.ceil(shape.x + shape.width - 0.5))
        }
        break
      }
      case 'stroke':
        fillStroke(shape.points, shape.size / 2, height, paint)
        break
      case 'region':
        eachRun(shape, paint)
    }
  }
  return { width, height, data, types }
}

type Paint = (y: number, from: number, to: number) => void

function requirePairs(points: readonly number[]): void {
  if (points.length % 2 === 0) return
  throw new RangeError(`Coordinates of a shape: rows of 2 values were expected, ${points.length} were given`)
}

/** @param rings the outline and the holes: a pixel is inside where it is within an odd number of them */
function fillPolygon(rings: readonly (readonly number[])[], height: number, paint: Paint): void {
  const crossings = new Map<number, number[]>()
  for (const ring of rings) addCrossings(crossings, ring, height)
  for (const [y, row] of crossings) {
    row.sort((a, b) => a - b)
    for (let i = 0; i + 1 < row.length; i += 2) {
      paint(y, Math.ceil(elementAt(row, i) - 0.5), Math.ceil(elementAt(row, i + 1) - 0.5))
    }
  }
}

function addCrossings(crossings: Map<number, number[]>, points: readonly number[], height: number): void {
  requirePairs(points)
  const count = points.length / 2
  for (let i = 0; i < count; i += 1) {
    const j = (i + 1) % count
    const x0 = elementAt(points, i * 2)
    const y0 = elementAt(points, i * 2 + 1)
    const x1 = elementAt(points, j * 2)
    const y1 = elementAt(points, j * 2 + 1)
    if (y0 === y1) continue
    // The rows whose middle is in [lower end, upper end), so that the end of two adjoining edges counts only once.
    const first = Math.max(0, Math.ceil(Math.min(y0, y1) - 0.5))
    const last = Math.min(height - 1, Math.ceil(Math.max(y0, y1) - 0.5) - 1)
    for (let y = first; y <= last; y += 1) {
      const x = x0 + ((y + 0.5 - y0) / (y1 - y0)) * (x1 - x0)
      const row = crossings.get(y)
      if (row === undefined) crossings.set(y, [x])
      else row.push(x)
    }
  }
}

function fillStroke(points: readonly number[], radius: number, height: number, paint: Paint): void {
  const count = points.length / 2
  for (let i = 0; i < count; i += 1) {
    const x0 = elementAt(points, i * 2)
    const y0 = elementAt(points, i * 2 + 1)
    const x1 = points[i * 2 + 2] ?? x0
    const y1 = points[i * 2 + 3] ?? y0
    if (i === count - 1 && count > 1) continue
    const first = Math.max(0, Math.ceil(Math.min(y0, y1) - radius - 0.5))
    const last = Math.min(height - 1, Math.floor(Math.max(y0, y1) + radius - 0.5))
    for (let y = first; y <= last; y += 1) {
      const span = capsuleSpan(x0, y0, x1, y1, radius, y + 0.5)
      if (span) paint(y, Math.ceil(span.from - 0.5), Math.floor(span.to - 0.5) + 1)
    }
  }
}

/**
 * The interval in which the line y intersects the set of points at most `radius` from a segment. It is one interval
 * because the set is convex.
 */
function capsuleSpan(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  radius: number,
  y: number,
): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  const include = (a: number, b: number): void => {
    from = Math.min(from, a)
    to = Math.max(to, b)
  }
  for (const [cx, cy] of [
    [x0, y0],
    [x1, y1],
  ] as const) {
    const rest = radius * radius - (y - cy) * (y - cy)
    if (rest >= 0) include(cx - Math.sqrt(rest), cx + Math.sqrt(rest))
  }
  const length = Math.hypot(x1 - x0, y1 - y0)
  if (length > 0) {
    // The rectangle between the round ends: its four corners, and the intersections of its long sides with the line.
    const nx = (-(y1 - y0) / length) * radius
    const ny = ((x1 - x0) / length) * radius
    for (const side of [1, -1]) {
      const ay = y0 + side * ny
      const by = y1 + side * ny
      if (Math.min(ay, by) > y || Math.max(ay, by) < y) continue
      const ax = x0 + side * nx
      const bx = x1 + side * nx
      if (ay === by) include(Math.min(ax, bx), Math.max(ax, bx))
      else {
        const x = ax + ((y - ay) / (by - ay)) * (bx - ax)
        include(x, x)
      }
    }
  }
  return from <= to ? { from, to } : null
}

/**
 * Number of pixels of each type, the largest first, without types that were entirely covered or erased. What is to be
 * ignored is one of them.
 */
export function areasOf(raster: Raster): { defectType: string; area: number }[] {
  const { data, types, width, height } = raster
  if (data.length !== width * height) {
    throw new RangeError(
      `Pixels of a raster: ${width * height} values were expected, ${data.length} were given`,
    )
  }
  const counts = new Uint32Array(types.length + 1)
  for (const value of data) counts[value] = elementAt(counts, value) + 1
  return types
    .map((defectType, i) => ({ defectType, area: elementAt(counts, i + 1) }))
    .filter(({ area }) => area > 0)
    .sort((a, b) => b.area - a.area)
}

/** 1 where a pixel counts neither as defect nor as good, else 0; row-major [height, width]. */
export function ignoredOf(raster: Raster): Uint8Array {
  const value = raster.types.indexOf(ignoredType) + 1
  return raster.data.map((own) => (value > 0 && own === value ? 1 : 0))
}

/** The same without what is to be ignored. */
export function defectsOf(raster: Raster): Raster {
  const value = raster.types.indexOf(ignoredType) + 1
  if (value === 0) return raster
  return { ...raster, data: raster.data.map((own) => (own === value ? 0 : own)) }
}
