/**
 * What is being drawn or changed and is not stored yet: the corners of a polygon that is not closed, and what the
 * drag that is under way makes with the chosen tool. It knows points of the photograph and nothing of a canvas.
 */
import type { Shape } from '../../../shared/label.ts'
import type { Point } from '../../stage/points.ts'
import {
  cornerAt,
  moved,
  rectangle,
  rounded,
  shapeAt,
  withCorner,
  withNewCorner,
  withoutCorner,
} from './shape-geometry.ts'

export const tools = ['select', 'polygon', 'brush', 'eraser', 'rectangle', 'smart', 'hole', 'split'] as const
export type Tool = (typeof tools)[number]

export interface Pen {
  tool: Tool
  /** Of brush and eraser, in pixels of the photograph. */
  size: number
  /** Of the smart brush: how far a color may be from that of the point, 1 to 120. */
  tolerance: number
  defectType: string
}

export type Drag =
  | { kind: 'stroke'; points: number[] }
  | { kind: 'rectangle'; from: Point; to: Point }
  /** The line along which a shape is parted. */
  | { kind: 'split'; from: Point; to: Point }
  /** A region grows from a point; the farther the pointer is to its right, the larger. */
  | { kind: 'grow'; from: Point }
  /** The corners of the polygon follow the pointer. */
  | { kind: 'freehand' }
  | { kind: 'corner'; index: number; corner: number; shape: Shape }
  | { kind: 'move'; index: number; from: Point; original: Shape; shape: Shape }

/** What a draft knows of the stage, and what it tells it. */
export interface DraftSurroundings {
  pen(): Pen
  shapes(): readonly Shape[]
  selected(): number | null
  /** Screen pixels for one pixel of the photograph. */
  scale(): number
  /** `lifted` has changed. */
  liftedChanged(): void
  add(shape: Shape): void
  replace(index: number, shape: Shape): void
  /** @param adds to what is selected already */
  select(index: number | null, adds: boolean): void
  /** Takes what lies within the points out of a shape. */
  cutOut(points: readonly number[]): void
  split(from: Point, to: Point): void
  /** Shows what grows from a point. @param wider how far the pointer went to the right since, in screen pixels */
  grow(from: Point, wider: number | null): void
  /** What has grown becomes a shape, or is dropped. */
  endGrowth(keeps: boolean): void
}

export interface Draft {
  /** Corners of the polygon that is not closed yet. The list grows in place; one that is shorter is a new list. */
  readonly polygon: readonly number[]
  readonly drag: Drag | null
  /** The place of the shape that follows the pointer, and is therefore not to be shown where it was. */
  readonly lifted: number | null
  /** @param reach screen pixels within which a corner is hit */
  begin(at: Point, reach: number, removesCorner: boolean, addsToSelection?: boolean): void
  /** @param between every point since the last call, more than one where the pointer is fast */
  move(at: Point, between: () => readonly Point[]): void
  end(): void
  closePolygon(): void
  /** Adds a corner to the selected polygon, where its edge is. */
  addCorner(at: Point, reach: number): void
  /** Takes back the last corner of the polygon; false where there is none. */
  takeBack(): boolean
  /** Gives up the drag, but leaves the corners that were set before it. */
  giveUpDrag(): void
  /** Gives up everything; false where there was nothing. */
  cancel(): boolean
  /** Forgets everything: another photograph is shown, or other shapes. */
  reset(): void
  /** To be called when the lifted shape is one of the finished shapes again. */
  putDown(): void
  dropPolygon(): void
}

/** Screen pixels that the pointer moves before a shape follows it: less is a click with an unsteady hand. */
const slack = 3

export function createDraft(around: DraftSurroundings): Draft {
  let polygon: number[] = []
  let drag: Drag | null = null
  let lifted: number | null = null

  function lift(index: number | null): void {
    if (lifted === index) return
    lifted = index
    around.liftedChanged()
  }

  function addPoint(points: number[], at: Point, least: number): void {
    const lastX = points.at(-2)
    const lastY = points.at(-1)
    if (lastX !== undefined && lastY !== undefined && Math.hypot(at.x - lastX, at.y - lastY) < least) return
    points.push(rounded(at.x), rounded(at.y))
  }

  function closePolygon(): void {
    const points = polygon
    polygon = []
    const { tool, defectType } = around.pen()
    if (points.length < 6) return
    if (tool === 'hole') around.cutOut(points)
    else around.add({ kind: 'polygon', defectType, points })
  }

  function dropDrag(): void {
    if (drag?.kind === 'grow') around.endGrowth(false)
    drag = null
    lift(null)
  }

  function beginSelection(at: Point, near: number, removesCorner: boolean, adds: boolean): void {
    const shapes = around.shapes()
    const selected = around.selected()
    const current = selected === null ? undefined : shapes[selected]
    if (selected !== null && current !== undefined && !adds) {
      const corner = cornerAt(current, at, near)
      if (corner !== null) {
        const fewer = removesCorner ? withoutCorner(current, corner) : null
        if (fewer !== null) {
          around.replace(selected, fewer)
          return
        }
        drag = { kind: 'corner', index: selected, corner, shape: current }
        lift(selected)
        return
      }
    }
    const hit = shapeAt(shapes, at)
    if (adds) {
      if (hit !== null) around.select(hit, true)
      return
    }
    around.select(hit, false)
    const shape = hit === null ? undefined : shapes[hit]
    if (hit !== null && shape !== undefined)
      drag = { kind: 'move', index: hit, from: at, original: shape, shape }
  }

  return {
    get polygon() {
      return polygon
    },
    get drag() {
      return drag
    },
    get lifted() {
      return lifted
    },
    begin(at, reach, removesCorner, addsToSelection = false) {
      const { tool } = around.pen()
      const scale = around.scale()
      if (tool === 'brush' || tool === 'eraser') {
        drag = { kind: 'stroke', points: [rounded(at.x), rounded(at.y)] }
      } else if (tool === 'rectangle') {
        drag = { kind: 'rectangle', from: at, to: at }
      } else if (tool === 'split') {
        drag = { kind: 'split', from: at, to: at }
      } else if (tool === 'smart') {
        drag = { kind: 'grow', from: at }
        around.grow(at, null)
      } else if (tool === 'polygon' || tool === 'hole') {
        const [x, y] = polygon
        const isFirst = x !== undefined && y !== undefined && Math.hypot(at.x - x, at.y - y) * scale <= reach
        if (polygon.length >= 6 && isFirst) {
          closePolygon()
          return
        }
        addPoint(polygon, at, 0.01)
        drag = { kind: 'freehand' }
      } else beginSelection(at, reach / scale, removesCorner, addsToSelection)
    },
    move(at, between) {
      const scale = around.scale()
      if (drag?.kind === 'stroke') {
        for (const point of between()) addPoint(drag.points, point, Math.max(0.3, 0.75 / scale))
      } else if (drag?.kind === 'freehand') {
        for (const point of between()) addPoint(polygon, point, 4 / scale)
      } else if (drag?.kind === 'rectangle' || drag?.kind === 'split') {
        drag = { ...drag, to: at }
      } else if (drag?.kind === 'grow') {
        around.grow(drag.from, (at.x - drag.from.x) * scale)
      } else if (drag?.kind === 'corner') {
        drag = { ...drag, shape: withCorner(drag.shape, drag.corner, at) }
      } else if (drag?.kind === 'move') {
        const dx = at.x - drag.from.x
        const dy = at.y - drag.from.y
        if (Math.hypot(dx, dy) * scale > slack) lift(drag.index)
        if (lifted !== null) drag = { ...drag, shape: moved(drag.original, dx, dy) }
      }
    },
    end() {
      const done = drag
      const { tool, size, defectType } = around.pen()
      drag = null
      if (done?.kind === 'stroke') {
        const of = tool === 'eraser' ? null : defectType
        around.add({ kind: 'stroke', defectType: of, size, points: done.points })
      } else if (done?.kind === 'rectangle') {
        const shape = rectangle(defectType, done.from, done.to)
        if (shape !== null) around.add(shape)
      } else if (done?.kind === 'split') {
        around.split(done.from, done.to)
      } else if (done?.kind === 'grow') {
        around.endGrowth(true)
      } else if (done?.kind === 'corner' && done.shape === around.shapes()[done.index]) {
        lift(null)
      } else if (done?.kind === 'corner' || (done?.kind === 'move' && done.shape !== done.original)) {
        // No `liftedChanged`: the old shape would be painted, and the changed one replaces it at once.
        lifted = null
        around.replace(done.index, done.shape)
      }
    },
    closePolygon,
    addCorner(at, reach) {
      const selected = around.selected()
      const shape = selected === null ? undefined : around.shapes()[selected]
      if (selected === null || shape === undefined) return
      const more = withNewCorner(shape, at, reach / around.scale())
      if (more !== null) around.replace(selected, more)
    },
    takeBack() {
      if (polygon.length === 0) return false
      polygon = polygon.slice(0, -2)
      return true
    },
    giveUpDrag() {
      if (drag?.kind === 'freehand') polygon = polygon.slice(0, -2)
      dropDrag()
    },
    cancel() {
      if (polygon.length === 0 && drag === null) return false
      polygon = []
      dropDrag()
      return true
    },
    reset() {
      polygon = []
      drag = null
      lifted = null
    },
    putDown() {
      lifted = null
    },
    dropPolygon() {
      polygon = []
    },
  }
}
