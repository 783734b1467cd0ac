/** The photograph on which a region of interest is drawn: rectangles and polygons, in shares of its sides. */
import Konva from 'konva/lib/Core'
import { Image as KonvaImage } from 'konva/lib/shapes/Image'
import { Line } from 'konva/lib/shapes/Line'
import { createGestures } from '../../stage/gestures.ts'
import { eachPoint, flatPoints, type Point } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'

export const regionOfInterestTools = ['rectangle', 'polygon'] as const
export type RegionOfInterestTool = (typeof regionOfInterestTools)[number]

export interface RegionOfInterestStage {
  show(picture: CanvasImageSource | null, size: Size): void
  setPolygons(polygons: readonly (readonly number[])[]): void
  setTool(tool: RegionOfInterestTool): void
  /** Ends the polygon that is being drawn; false where none is. */
  close(): boolean
  /** Gives up what is being drawn; false where nothing is. */
  cancel(): boolean
  resize(size: Size): void
  destroy(): void
}

/** The least sides of a rectangle in screen pixels: a smaller one was an accidental click. */
const least = 6
/** Screen pixels within which the first corner closes a polygon: by a mouse, and by a finger. */
const reach = 10
const fingerReach = 28

const share = (value: number): number => Math.min(1, Math.max(0, value))

/** The corners of a rectangle between two points, clockwise from the upper left. */
export function rectangleOf(a: Point, b: Point): number[] {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)]
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)]
  return [left, top, right, top, right, bottom, left, bottom]
}

export function createRegionOfInterestStage(
  container: HTMLDivElement,
  events: { add(polygon: number[]): void; drawing(corners: number): void },
): RegionOfInterestStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1 })
  const below = new Konva.Layer({ listening: false })
  const above = new Konva.Layer({ listening: false })
  stage.add(below, above)
  const image = new KonvaImage({ image: undefined })
  below.add(image)

  let size: Size | null = null
  let tool: RegionOfInterestTool = 'rectangle'
  let polygons: readonly (readonly number[])[] = []
  let from: Point | null = null
  let corners: Point[] = []
  let pointer: Point | null = null

  const gestures = createGestures(container, {
    picture: () => size,
    frameAt: () => ({ x: 0, y: 0, ...stage.size() }),
    viewChanged: paint,
    drawing: {
      viewIsFixed: true,
      begin: (at, event) => begin(toShares(at), event),
      move(at) {
        if (from === null && corners.length === 0) return
        pointer = toShares(at)
        paint()
      },
      end(at, event) {
        if (event.type === 'pointercancel') cancel()
        else end(toShares(at))
      },
      doubleClick: close,
    },
  })

  /** A point of the photograph in shares of its sides; what lies outside becomes the nearest point of its edge. */
  const toShares = ({ x, y }: Point): Point =>
    size === null ? { x: 0, y: 0 } : { x: share(x / size.width), y: share(y / size.height) }

  /** A point in shares of the photograph on the screen. */
  function toScreen({ x, y }: Point): Point {
    const at = gestures.placement()
    const { width, height } = size ?? { width: 0, height: 0 }
    return { x: at.x + x * width * at.scale, y: at.y + y * height * at.scale }
  }

  function pointsOf(shares: readonly number[]): number[] {
    const points: Point[] = []
    eachPoint(shares, (x, y) => points.push(toScreen({ x, y })))
    return flatPoints(points)
  }

  function outline(shares: readonly number[], closed: boolean): void {
    const points = pointsOf(shares)
    above.add(
      new Line({ points, closed, stroke: 'rgb(0 0 0 / 70%)', strokeWidth: 4, lineJoin: 'round' }),
      new Line({
        points,
        closed,
        stroke: '#fff',
        strokeWidth: 2,
        lineJoin: 'round',
        dash: [8, 5],
        ...(closed ? { fill: 'rgb(64 160 255 / 22%)' } : {}),
      }),
    )
  }

  function paint(): void {
    above.destroyChildren()
    if (size !== null) {
      const at = gestures.placement()
      image.position({ x: at.x, y: at.y })
      image.size({ width: size.width * at.scale, height: size.height * at.scale })
      for (const polygon of polygons) outline(polygon, true)
      if (from !== null && pointer !== null) outline(rectangleOf(from, pointer), true)
      if (corners.length > 0) {
        const drawn = pointer === null ? corners : [...corners, pointer]
        outline(flatPoints(drawn), false)
      }
    }
    below.batchDraw()
    above.batchDraw()
  }

  function add(polygon: number[]): void {
    from = null
    corners = []
    events.drawing(0)
    events.add(polygon)
    paint()
  }

  function close(): boolean {
    if (corners.length < 3) return false
    add(flatPoints(corners))
    return true
  }

  function begin(at: Point, event: PointerEvent): void {
    pointer = at
    if (tool === 'rectangle') from = at
    else {
      const [first] = corners
      const near = event.pointerType === 'touch' ? fingerReach : reach
      const [a, b] = [toScreen(at), toScreen(first ?? at)]
      if (first !== undefined && corners.length >= 3 && Math.hypot(a.x - b.x, a.y - b.y) <= near) close()
      else {
        corners = [...corners, at]
        events.drawing(corners.length)
      }
    }
    paint()
  }

  function end(to: Point): void {
    if (from === null) return
    const [a, b] = [toScreen(from), toScreen(to)]
    const begun = from
    from = null
    if (Math.abs(a.x - b.x) >= least && Math.abs(a.y - b.y) >= least) add(rectangleOf(begun, to))
    else paint()
  }

  function cancel(): boolean {
    const was = from !== null || corners.length > 0
    from = null
    corners = []
    events.drawing(0)
    paint()
    return was
  }

  return {
    show(picture, next) {
      size = picture === null ? null : next
      image.image(picture ?? undefined)
      below.visible(picture !== null)
      paint()
    },
    setPolygons(next) {
      polygons = next
      paint()
    },
    setTool(next) {
      cancel()
      tool = next
    },
    close,
    cancel,
    resize(next) {
      if (next.width < 1 || next.height < 1) return
      stage.size(next)
      paint()
    },
    destroy() {
      gestures.destroy()
      stage.destroy()
    },
  }
}
