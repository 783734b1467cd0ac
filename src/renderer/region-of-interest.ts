/** How a region of interest is shown: lines around what counts. */
import type { InsideRuns, RegionOfInterest } from '../shared/region-of-interest.ts'
import { call } from './bridge.ts'

/** Whether each pixel counts, row-major. */
export function insideOfRuns({ width, height, runs }: InsideRuns): Uint8Array {
  const inside = new Uint8Array(width * height)
  let at = 0
  for (const [i, length] of runs.entries()) {
    if (i % 2 === 1) inside.fill(1, at, at + length)
    at += length
  }
  return inside
}

interface Size {
  width: number
  height: number
}

/** The edges between pixels that count and those that do not, as lines of a drawing; its unit is a pixel. */
export function edgesOf(
  { width, height }: Size,
  inside: Uint8Array,
): [x: number, y: number, toX: number, toY: number][] {
  const edges: [number, number, number, number][] = []
  const counts = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && inside[y * width + x] === 1
  // Along each border between two rows, and between two columns, as long as it goes straight on.
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
export function trace(
  context: Canvas,
  { width, height }: Size,
  region: { polygons: readonly (readonly number[])[] } | { inside: InsideRuns },
): void {
  context.beginPath()
  if ('polygons' in region) {
    for (const points of region.polygons) {
      for (let i = 0; i + 1 < points.length; i += 2) {
        const [x, y] = [(points[i] ?? 0) * width, (points[i + 1] ?? 0) * height]
        if (i === 0) context.moveTo(x, y)
        else context.lineTo(x, y)
      }
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

/** Of the runs that were looked at: a run keeps its region. */
const ofRuns = new Map<string, Promise<RegionOfInterest>>()

/** What of photographs counts for a run. */
export function regionOfRun(run: string): Promise<RegionOfInterest> {
  const asked = ofRuns.get(run) ?? call('run.region', { run }).then(({ region }) => region)
  ofRuns.set(run, asked)
  // Asked again the next time, where it failed.
  asked.catch(() => ofRuns.delete(run))
  return asked
}

/** Lines around what counts for a run on one photograph, white on black; null where all of it does. */
export async function regionLines(run: string, image: number, size: Size): Promise<ImageBitmap | null> {
  const region = await regionOfRun(run)
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
  region: Parameters<typeof trace>[2],
): void {
  const width = Math.max(1, Math.max(size.width, size.height) / 400)
  trace(context, size, region)
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
