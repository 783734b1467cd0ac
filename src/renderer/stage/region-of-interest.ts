/** How a region of interest is drawn: lines around the part of a photograph that counts. */
import type { InsideRuns } from '../../shared/region-of-interest.ts'
import { eachPoint } from './points.ts'
import type { Size } from './view.ts'

/** 1 for each pixel that counts, else 0; row-major. */
export function insideOfRuns({ width, height, runs }: InsideRuns): Uint8Array {
  const inside = new Uint8Array(width * height)
  const total = runs.reduce((sum, length) => sum + length, 0)
  if (total > inside.length) throw new RangeError(`Runs of ${total} pixels do not fit ${width} x ${height}.`)
  let at = 0
  for (const [i, length] of runs.entries()) {
    if (i % 2 === 1) inside.fill(1, at, at + length)
    at += length
  }
  return inside
}

/** The edges between pixels that count and those that do not, as lines in units of a pixel. */
export function edgesOf(
  { width, height }: Size,
  inside: Uint8Array,
): [x: number, y: number, toX: number, toY: number][] {
  if (inside.length !== width * height)
    throw new RangeError(`${inside.length} pixels are not ${width} x ${height}.`)
  const edges: [number, number, number, number][] = []
  const counts = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && inside[y * width + x] === 1
  // Goes along each border between two rows or columns, and joins the edges that follow each other to one line.
  const follow = (
    length: number,
    isEdge: (i: number) => boolean,
    add: (from: number, to: number) => void,
  ): void => {
    let from = -1
    for (let i = 0; i <= length; i += 1) {
      const edge = i < length && isEdge(i)
      if (edge && from < 0) from = i
      if (!edge && from >= 0) {
        add(from, i)
        from = -1
      }
    }
  }
  for (let y = 0; y <= height; y += 1) {
    follow(
      width,
      (x) => counts(x, y) !== counts(x, y - 1),
      (from, to) => edges.push([from, y, to, y]),
    )
  }
  for (let x = 0; x <= width; x += 1) {
    follow(
      height,
      (y) => counts(x, y) !== counts(x - 1, y),
      (from, to) => edges.push([x, from, x, to]),
    )
  }
  return edges
}

type Canvas = Pick<CanvasRenderingContext2D, 'beginPath' | 'moveTo' | 'lineTo' | 'closePath'>

/** Begins a path around what counts, on a canvas of this size. */
export function traceRegionOfInterest(
  context: Canvas,
  { width, height }: Size,
  region: { polygons: readonly (readonly number[])[] } | { inside: InsideRuns },
): void {
  context.beginPath()
  if ('polygons' in region) {
    for (const points of region.polygons) {
      eachPoint(points, (x, y, place) => {
        if (place === 0) context.moveTo(x * width, y * height)
        else context.lineTo(x * width, y * height)
      })
      context.closePath()
    }
    return
  }
  const { inside } = region
  const [across, down] = [width / inside.width, height / inside.height]
  for (const [x, y, toX, toY] of edgesOf(inside, insideOfRuns(inside))) {
    context.moveTo(x * across, y * down)
    context.lineTo(toX * across, toY * down)
  }
}

/** Draws dashed lines around what counts, to be seen on dark parts and on bright ones. */
export function drawRegionOfInterest(
  context: OffscreenCanvasRenderingContext2D,
  size: Size,
  region: Parameters<typeof traceRegionOfInterest>[2],
): void {
  const width = Math.max(1, Math.max(size.width, size.height) / 400)
  traceRegionOfInterest(context, size, region)
  context.lineJoin = 'round'
  context.setLineDash([])
  context.strokeStyle = 'rgb(0 0 0 / 70%)'
  context.lineWidth = 3 * width
  context.stroke()
  context.strokeStyle = 'rgb(255 255 255)'
  context.lineWidth = width
  context.setLineDash([4 * width, 3 * width])
  context.stroke()
}
