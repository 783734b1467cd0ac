/** The photograph on which a region of interest is drawn: rectangles and polygons, in shares of its sides. */
import Konva from 'konva/lib/Core'
import { Image as KonvaImage } from 'konva/lib/shapes/Image'
import { Line } from 'konva/lib/shapes/Line'
import { fitted, place, type Size } from '../../stage/view.ts'

export const regionTools = ['rectangle', 'polygon'] as const
export type RegionTool = (typeof regionTools)[number]

export interface RegionStage {
  show(picture: CanvasImageSource | null, size: Size): void
  setPolygons(polygons: readonly (readonly number[])[]): void
  setTool(tool: RegionTool): void
  /** Ends the polygon that is being drawn; false where none is. */
  close(): boolean
  /** Gives up what is being drawn; false where nothing is. */
  cancel(): boolean
  resize(size: Size): void
  destroy(): void
}

interface Point {
  x: number
  y: number
}

/** Screen pixels; a rectangle that is smaller is a slip of the hand. */
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

export function createRegionStage(
  container: HTMLDivElement,
  events: { add(polygon: number[]): void; drawing(corners: number): void },
): RegionStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1 })
  const below = new Konva.Layer({ listening: false })
  const above = new Konva.Layer({ listening: false })
  stage.add(below, above)
  const image = new KonvaImage({ image: undefined })
  below.add(image)

  let size: Size | null = null
  let tool: RegionTool = 'rectangle'
  let polygons: readonly (readonly number[])[] = []
  let from: Point | null = null
  let corners: Point[] = []
  let pointer: Point | null = null

  const placement = () =>
    size === null ? null : place(fitted, size, { width: stage.width(), height: stage.height() })

  /** A point of the screen in shares of the photograph. */
  function shareAt(event: PointerEvent): Point | null {
    const at = placement()
    if (at === null || size === null) return null
    const box = container.getBoundingClientRect()
    return {
      x: share((event.clientX - box.left - at.x) / (size.width * at.scale)),
      y: share((event.clientY - box.top - at.y) / (size.height * at.scale)),
    }
  }

  /** A point of the photograph on the screen. */
  function toScreen({ x, y }: Point): Point {
    const at = placement()
    if (at === null || size === null) return { x: 0, y: 0 }
    return { x: at.x + x * size.width * at.scale, y: at.y + y * size.height * at.scale }
  }

  const pointsOf = (flat: readonly number[]): number[] => {
    const out: number[] = []
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const { x, y } = toScreen({ x: flat[i] ?? 0, y: flat[i + 1] ?? 0 })
      out.push(x, y)
    }
    return out
  }

  function outline(flat: readonly number[], closed: boolean): void {
    const points = pointsOf(flat)
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
    const at = placement()
    above.destroyChildren()
    if (at !== null && size !== null) {
      image.position({ x: at.x, y: at.y })
      image.size({ width: size.width * at.scale, height: size.height * at.scale })
      for (const polygon of polygons) outline(polygon, true)
      if (from !== null && pointer !== null) outline(rectangleOf(from, pointer), true)
      if (corners.length > 0) {
        const drawn = pointer === null ? corners : [...corners, pointer]
        outline(
          drawn.flatMap(({ x, y }) => [x, y]),
          false,
        )
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
    add(corners.flatMap(({ x, y }) => [x, y]))
    return true
  }

  function onDown(event: PointerEvent): void {
    const at = shareAt(event)
    if (event.button !== 0 || at === null) return
    container.setPointerCapture(event.pointerId)
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

  function onMove(event: PointerEvent): void {
    if (from === null && corners.length === 0) return
    pointer = shareAt(event)
    paint()
  }

  function onUp(event: PointerEvent): void {
    const to = shareAt(event)
    if (from === null || to === null) return
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

  container.addEventListener('pointerdown', onDown)
  container.addEventListener('pointermove', onMove)
  container.addEventListener('pointerup', onUp)
  container.addEventListener('pointercancel', cancel)
  container.addEventListener('dblclick', close)

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
      container.removeEventListener('pointerdown', onDown)
      container.removeEventListener('pointermove', onMove)
      container.removeEventListener('pointerup', onUp)
      container.removeEventListener('pointercancel', cancel)
      container.removeEventListener('dblclick', close)
      stage.destroy()
    },
  }
}
