/**
 * Converts drawn shapes to pixels. A pixel belongs to a shape when its center does (the inside of a polygon is by the
 * even-odd rule), as in every tool that reads these masks.
 */
import type { Shape } from '../../shared/label.ts'
import { eachRun } from '../../shared/region-shape.ts'
import { requireLength, requireRows } from '../platform/array-bounds.ts'

export interface Raster {
  width: number
  height: number
  /** Row-major [height, width]: 0 where there is no defect, else 1 + the place of its type in `types`. */
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
    if ('points' in shape) requireRows(shape.points, 2, 'Coordinates of a shape')
    const value = valueFor(shape.defectType)
    const paint = (y: number, from: number, to: number): void => fill(y, from, to, value)
    switch (shape.kind) {
      case 'polygon':
        fillPolygon(shape.points, height, paint)
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

function fillPolygon(points: readonly number[], height: number, paint: Paint): void {
  const crossings = new Map<number, number[]>()
  const count = points.length / 2
  for (let i = 0; i < count; i += 1) {
    const j = (i + 1) % count
    const x0 = points[i * 2]
    const y0 = points[i * 2 + 1]
    const x1 = points[j * 2]
    const y1 = points[j * 2 + 1]
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
  for (const [y, row] of crossings) {
    row.sort((a, b) => a - b)
    for (let i = 0; i + 1 < row.length; i += 2) {
      paint(y, Math.ceil(row[i] - 0.5), Math.ceil(row[i + 1] - 0.5))
    }
  }
}

function fillStroke(points: readonly number[], radius: number, height: number, paint: Paint): void {
  const count = points.length / 2
  for (let i = 0; i < count; i += 1) {
    const x0 = points[i * 2]
    const y0 = points[i * 2 + 1]
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

/** Number of pixels of each defect type, the largest first, without types that were entirely covered or erased. */
export function areasOf(raster: Raster): { defectType: string; area: number }[] {
  requireLength(raster.data, raster.width * raster.height, 'Pixels of a raster')
  const counts = new Uint32Array(raster.types.length + 1)
  for (let i = 0; i < raster.data.length; i += 1) {
    const value = raster.data[i]
    counts[value]++
  }
  return raster.types
    .map((defectType, i) => ({ defectType, area: counts[i + 1] }))
    .filter(({ area }) => area > 0)
    .sort((a, b) => b.area - a.area)
}
