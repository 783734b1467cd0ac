/** How a region of interest is shown: lines around the part of a photograph that counts. */
import { LRUCache } from 'lru-cache'
import type { InsideRuns, RegionOfInterest } from '../shared/region-of-interest.ts'
import { call } from './bridge.ts'
import { eachPoint } from './stage/points.ts'
import type { Size } from './stage/view.ts'

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

/** Of the runs that were looked at last. A run's region of interest never changes, so it is asked for once. */
const ofRuns = new LRUCache<string, Promise<RegionOfInterest>>({ max: 100 })

export function regionOfInterestOfRun(run: string): Promise<RegionOfInterest> {
  const asked = ofRuns.get(run) ?? call('run.region', { run }).then(({ region }) => region)
  ofRuns.set(run, asked)
  // A failure is not kept: the next call asks again.
  asked.catch(() => ofRuns.delete(run))
  return asked
}

/** Lines around the run's region of interest on one photograph; null where all of it counts. */
export async function regionOfInterestLines(
  run: string,
  image: number,
  size: Size,
): Promise<ImageBitmap | null> {
  const region = await regionOfInterestOfRun(run)
  if (region.kind === 'none') return null
  const inside =
    region.kind === 'found' ? (await call('run.region', { run, image })).preview?.inside : undefined
  if (region.kind === 'found' && !inside) return null
  const context = new OffscreenCanvas(size.width, size.height).getContext('2d')
  if (context === null) throw new Error('This window cannot draw on a canvas.')
  if (region.kind === 'drawn') drawLines(context, size, region)
  else if (inside) drawLines(context, size, { inside })
  return createImageBitmap(context.canvas)
}

function drawLines(
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
