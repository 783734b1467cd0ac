/**
 * The photograph that is drawn on. Finished shapes are colors on one canvas of the photograph's size, so that zoom
 * and pan cost the same however many there are. What is being drawn, the outline of what is chosen, and what follows
 * the pointer are layers of their own: a pointer move adds the new points to the first and repaints the last alone.
 * Konva's hit graph is off: what a click hits is computed.
 */
import Konva from 'konva/lib/Core'
import { Image as KonvaImage } from 'konva/lib/shapes/Image'
import type { Shape, StrokeShape } from '../../../shared/label.ts'
import { fitted, limit, panBy, place, type Size, type View, zoomAt } from '../../stage/view.ts'
import { type ColorOf, paintShape, tracePoints } from './paint-shapes.ts'
import {
  cornerAt,
  cornersOf,
  moved,
  type Point,
  rectangle,
  rounded,
  shapeAt,
  withCorner,
  withNewCorner,
  withoutCorner,
} from './shape-geometry.ts'

export const tools = ['select', 'polygon', 'brush', 'eraser', 'rectangle'] as const
export type Tool = (typeof tools)[number]

export interface Pen {
  tool: Tool
  /** Of brush and eraser, in pixels of the photograph. */
  size: number
  defectType: string
}

export interface LabelStageEvents {
  add(shape: Shape): void
  replace(index: number, shape: Shape): void
  select(index: number | null): void
  scaled(scale: number): void
  /** The corners of the polygon that is being drawn; 0 where none is. */
  drawing(corners: number): void
}

export interface LabelStage {
  show(picture: CanvasImageSource | null, size: Size): void
  setShapes(shapes: readonly Shape[], selected: number | null): void
  setColors(colorOf: ColorOf): void
  setPen(pen: Pen): void
  /** Colors over everything, not yet part of the mask; covers the whole photograph. */
  setProposal(picture: CanvasImageSource | null): void
  setOpacity(opacity: number): void
  /** CSS filter of the photograph alone. */
  setTone(filter: string): void
  /** Ends the polygon that is being drawn. */
  close(): void
  /** Takes back its last corner; false where none is drawn. */
  back(): boolean
  /** Gives up what is being drawn; false where nothing is. */
  cancel(): boolean
  resize(size: Size): void
  fit(): void
  zoom(factor: number): void
  destroy(): void
}

/** The side of the largest canvas that shapes are painted on; those of larger photographs are painted smaller. */
const largestCanvas = 4096
const squarePixels = 3
/** Screen pixels within which a corner is hit: by a mouse or pen, and by a finger. */
const reach = 8
const fingerReach = 24
const reachOf = (event: PointerEvent): number => (event.pointerType === 'touch' ? fingerReach : reach)
/** Corners are drawn as dots only where they do not cover the line. */
const sparse = 7

type Drag =
  | { kind: 'pan'; x: number; y: number }
  | { kind: 'pinch' }
  | { kind: 'stroke'; points: number[] }
  | { kind: 'rectangle'; from: Point; to: Point }
  | { kind: 'freehand' }
  | { kind: 'corner'; index: number; corner: number; shape: Shape }
  | { kind: 'move'; index: number; from: Point; original: Shape; shape: Shape }

export function createLabelStage(container: HTMLDivElement, events: LabelStageEvents): LabelStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1, listening: false })
  const photoLayer = new Konva.Layer({ listening: false })
  const markLayer = new Konva.Layer({ listening: false, imageSmoothingEnabled: false })
  const traceLayer = new Konva.Layer({ listening: false, clearBeforeDraw: false })
  const chosenLayer = new Konva.Layer({ listening: false })
  const draftLayer = new Konva.Layer({ listening: false })
  stage.add(photoLayer, markLayer, traceLayer, chosenLayer, draftLayer)
  const photo = new KonvaImage({ image: undefined, listening: false })
  const marks = new KonvaImage({ image: undefined, listening: false, opacity: 0.5 })
  const proposal = new KonvaImage({ image: undefined, listening: false, opacity: 0.7, visible: false })
  photoLayer.add(photo)
  markLayer.add(marks, proposal)

  let view: View = fitted
  let picture: Size = { width: 1, height: 1 }
  let hasPicture = false
  let shapes: readonly Shape[] = []
  let painted: readonly Shape[] = []
  let hidden: number | null = null
  let selected: number | null = null
  let colorOf: ColorOf = () => '#e69f00'
  let pen: Pen = { tool: 'select', size: 12, defectType: '' }
  let polygon: number[] = []
  /** As `drawing` told them last. */
  let corners = 0
  let drag: Drag | null = null
  let pointer: Point | null = null
  const fingers = new Map<number, { x: number; y: number }>()
  let spaceIsDown = false
  const canvas = document.createElement('canvas')
  let canvasScale = 1

  const pane = (): Size => ({ width: stage.width(), height: stage.height() })
  const placement = () => place(view, picture, pane())

  traceLayer.add(new Konva.Shape({ listening: false, sceneFunc: (context) => paintTrace(context) }))
  chosenLayer.add(new Konva.Shape({ listening: false, sceneFunc: (context) => paintChosen(context) }))
  draftLayer.add(new Konva.Shape({ listening: false, sceneFunc: (context) => paintDraft(context) }))

  /** What grows point by point. */
  const traced = (): readonly number[] => (drag?.kind === 'stroke' ? drag.points : polygon)
  /** What is on the canvas of the trace: so many values of these points, in this look. */
  let onTrace: { points: readonly number[]; count: number; look: string } | null = null

  const isBrush = (): boolean => pen.tool === 'brush' || pen.tool === 'eraser'
  const chosen = (): Shape | undefined =>
    drag?.kind === 'corner' || drag?.kind === 'move'
      ? drag.shape
      : selected === null
        ? undefined
        : shapes[selected]

  /**
   * A layer with nothing on it is taken away: Chromium may go on showing what was on a canvas that was only cleared.
   */
  function show(layer: Konva.Layer, isThere: boolean): void {
    layer.visible(isThere)
    if (isThere) layer.batchDraw()
  }

  const hasTip = (): boolean => isBrush() && pointer !== null
  const hasRubberBand = (): boolean => polygon.length > 0 && pointer !== null && drag?.kind !== 'freehand'

  /** What a pointer move may change. */
  function follow(): void {
    show(traceLayer, traced().length > 0)
    if (drag?.kind === 'corner' || drag?.kind === 'move') show(chosenLayer, true)
    show(draftLayer, hasTip() || hasRubberBand() || drag?.kind === 'rectangle')
    if (corners !== polygon.length / 2) {
      corners = polygon.length / 2
      events.drawing(corners)
    }
  }

  function redraft(): void {
    follow()
    show(chosenLayer, chosen() !== undefined)
  }

  function toPicture(event: { clientX: number; clientY: number }): Point {
    const box = container.getBoundingClientRect()
    const { x, y, scale } = placement()
    return { x: (event.clientX - box.left - x) / scale, y: (event.clientY - box.top - y) / scale }
  }

  /** Paints anew only where shapes were not just added. */
  function repaint(): void {
    const context = canvas.getContext('2d')
    if (context === null) return
    const isAdded =
      hidden === null && painted.length <= shapes.length && painted.every((shape, i) => shape === shapes[i])
    context.setTransform(canvasScale, 0, 0, canvasScale, 0, 0)
    if (!isAdded) context.clearRect(0, 0, picture.width, picture.height)
    for (let i = isAdded ? painted.length : 0; i < shapes.length; i += 1) {
      const shape = shapes[i]
      if (shape !== undefined && i !== hidden) paintShape(context, shape, colorOf)
    }
    // What is left out must be painted again, so the canvas counts as empty.
    painted = hidden === null ? shapes : [{ kind: 'stroke', defectType: null, size: 1, points: [] }]
    markLayer.batchDraw()
  }

  function arrange(): void {
    view = limit(view, picture, pane())
    const { x, y, scale } = placement()
    for (const node of [photo, marks, proposal]) {
      node.position({ x, y })
      node.size(picture)
      node.scale({ x: scale, y: scale })
    }
    photoLayer.imageSmoothingEnabled(scale < squarePixels)
    photoLayer.batchDraw()
    markLayer.batchDraw()
    onTrace = null
    redraft()
    events.scaled(scale)
  }

  function onScreen(points: readonly number[]): number[] {
    const { x, y, scale } = placement()
    return points.map((value, i) => value * scale + (i % 2 === 0 ? x : y))
  }

  function stroked(
    context: Konva.Context,
    points: readonly number[],
    { width, style, closed = false }: { width: number; style: string; closed?: boolean },
  ): void {
    tracePoints(context, points)
    if (closed) context.closePath()
    context.setAttr('lineWidth', width)
    context.setAttr('strokeStyle', style)
    context.stroke()
  }

  /** A thread of a color on a dark seam, so that it is seen on any photograph. */
  const seam = { width: 3.5, style: 'rgb(8 9 11 / 75%)' }
  const thread = (style: string) => ({ width: 1.5, style })

  function line(context: Konva.Context, points: readonly number[], color: string, closed: boolean): void {
    stroked(context, points, { ...seam, closed })
    stroked(context, points, { ...thread(color), closed })
  }

  function dots(context: Konva.Context, points: readonly number[], color: string): void {
    context.beginPath()
    for (let i = 0; i < points.length; i += 2) {
      const px = points[i] ?? 0
      const py = points[i + 1] ?? 0
      if (px < -sparse || py < -sparse || px > stage.width() + sparse || py > stage.height() + sparse)
        continue
      context.rect(px - 3, py - 3, 6, 6)
    }
    context.setAttr('fillStyle', color)
    context.fill()
  }

  /** Only what is new, unless what is on the canvas looks different now. */
  function paintTrace(context: Konva.Context): void {
    const points = traced()
    const { x, y, scale } = placement()
    const isStroke = drag?.kind === 'stroke'
    const color = isStroke && pen.tool === 'eraser' ? '#fff' : colorOf(pen.defectType)
    const dotted = !isStroke && averageStep(points) * scale >= sparse
    const look = [x, y, scale, color, isStroke ? pen.size : '', dotted].join()
    const isSame = onTrace?.points === points && onTrace.look === look && onTrace.count <= points.length
    const before = isSame ? (onTrace?.count ?? 0) : 0
    if (before === 0) context.clear()
    onTrace = { points, count: points.length, look }
    if (before === points.length) return
    const fresh = onScreen(points.slice(Math.max(0, before - 2)))
    traceLayer.getCanvas()._canvas.style.opacity = !isStroke ? '' : pen.tool === 'eraser' ? '0.45' : '0.5'
    if (isStroke) {
      context.setAttr('lineCap', 'round')
      context.setAttr('lineJoin', 'round')
      if (fresh.length === 2) fresh.push((fresh[0] ?? 0) + 0.01, fresh[1] ?? 0)
      stroked(context, fresh, { width: pen.size * scale, style: color })
      return
    }
    stroked(context, fresh, seam)
    // The last edge that was painted ends under the new seam: its thread is drawn again.
    stroked(context, onScreen(points.slice(Math.max(0, before - 4))), thread(color))
    if (dotted) dots(context, fresh, '#fff')
    else if (before === 0) dots(context, fresh.slice(0, 2), '#fff')
  }

  function paintChosen(context: Konva.Context): void {
    const shape = chosen()
    if (shape === undefined) return
    if (shape.kind === 'stroke') {
      line(context, onScreen(shape.points), '#fff', false)
      return
    }
    const outline =
      shape.kind === 'region'
        ? cornersOf({ ...shape, kind: 'rectangle' }).flatMap((p) => [p.x, p.y])
        : shape.kind === 'polygon'
          ? shape.points
          : cornersOf(shape).flatMap((p) => [p.x, p.y])
    const points = onScreen(outline)
    line(context, points, '#fff', true)
    if (shape.kind !== 'region' && averageStep(points) >= sparse) dots(context, points, '#fff')
  }

  /** What is where the pointer is. */
  function paintDraft(context: Konva.Context): void {
    const color = colorOf(pen.defectType)
    if (pointer && hasRubberBand()) {
      const band = onScreen([...polygon.slice(-2), pointer.x, pointer.y])
      line(context, band, color, false)
      if (averageStep(polygon) * placement().scale >= sparse) dots(context, band.slice(0, 2), '#fff')
    }
    if (drag?.kind === 'rectangle') {
      const shape = rectangle(pen.defectType, drag.from, drag.to)
      if (shape) line(context, onScreen(cornersOf(shape).flatMap((p) => [p.x, p.y])), color, true)
    }
    if (pointer && hasTip() && !spaceIsDown && drag?.kind !== 'pan') tip(context, pointer)
  }

  function tip(context: Konva.Context, at: Point): void {
    const { x, y, scale } = placement()
    context.beginPath()
    const radius = Math.max(1, (pen.size / 2) * scale)
    context.arc(at.x * scale + x, at.y * scale + y, radius, 0, 2 * Math.PI, false)
    context.setAttr('lineWidth', 3)
    context.setAttr('strokeStyle', 'rgb(8 9 11 / 60%)')
    context.stroke()
    context.setAttr('lineWidth', 1.25)
    context.setAttr('strokeStyle', '#fff')
    context.stroke()
  }

  function addPoint(points: number[], at: Point, least: number): void {
    const lastX = points.at(-2)
    const lastY = points.at(-1)
    if (lastX !== undefined && lastY !== undefined && Math.hypot(at.x - lastX, at.y - lastY) < least) return
    points.push(rounded(at.x), rounded(at.y))
  }

  /** Another list: what was taken back must go from the canvas. */
  function takeBack(): void {
    polygon = polygon.slice(0, -2)
  }

  function closePolygon(): void {
    const points = polygon
    polygon = []
    redraft()
    if (points.length >= 6) events.add({ kind: 'polygon', defectType: pen.defectType, points })
  }

  function onPointerDown(event: PointerEvent): void {
    if (!hasPicture) return
    container.setPointerCapture(event.pointerId)
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
      if (fingers.size > 1) {
        beginPinch()
        return
      }
    }
    const at = toPicture(event)
    const { scale } = placement()
    pointer = at
    if (event.button !== 0 || spaceIsDown) {
      drag = { kind: 'pan', x: event.clientX, y: event.clientY }
      return
    }
    switch (pen.tool) {
      case 'brush':
      case 'eraser':
        drag = { kind: 'stroke', points: [rounded(at.x), rounded(at.y)] }
        break
      case 'rectangle':
        drag = { kind: 'rectangle', from: at, to: at }
        break
      case 'polygon': {
        const [x = 0, y = 0] = polygon
        if (polygon.length >= 6 && Math.hypot(at.x - x, at.y - y) * scale <= reachOf(event)) {
          closePolygon()
          return
        }
        addPoint(polygon, at, 0.01)
        drag = { kind: 'freehand' }
        break
      }
      case 'select':
        beginSelection(at, reachOf(event) / scale, event.altKey)
    }
    redraft()
  }

  /** A second finger: what the first one had begun is given up, and both move the photograph. */
  function beginPinch(): void {
    if (drag?.kind === 'freehand') takeBack()
    drag = { kind: 'pinch' }
    pointer = null
    if (hidden !== null) {
      hidden = null
      repaint()
    }
    redraft()
  }

  function movePinch(event: PointerEvent): void {
    const from = fingers.get(event.pointerId)
    if (from === undefined) return
    const to = { x: event.clientX, y: event.clientY }
    fingers.set(event.pointerId, to)
    const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1]
    if (other === undefined) return
    const box = container.getBoundingClientRect()
    const before = Math.hypot(from.x - other.x, from.y - other.y)
    const after = Math.hypot(to.x - other.x, to.y - other.y)
    const middle = { x: (to.x + other.x) / 2 - box.left, y: (to.y + other.y) / 2 - box.top }
    if (before > 0) view = zoomAt(view, after / before, middle, picture, pane())
    view = panBy(view, (to.x - from.x) / 2, (to.y - from.y) / 2, picture, pane())
    arrange()
  }

  function beginSelection(at: Point, near: number, removes: boolean): void {
    const current = selected === null ? undefined : shapes[selected]
    if (selected !== null && current !== undefined) {
      const corner = cornerAt(current, at, near)
      if (corner !== null) {
        const fewer = removes ? withoutCorner(current, corner) : null
        if (fewer !== null) {
          events.replace(selected, fewer)
          return
        }
        drag = { kind: 'corner', index: selected, corner, shape: current }
        hidden = selected
        repaint()
        return
      }
    }
    const hit = shapeAt(shapes, at)
    if (hit !== selected) events.select(hit)
    const shape = hit === null ? undefined : shapes[hit]
    if (hit === null || shape === undefined) return
    drag = { kind: 'move', index: hit, from: at, original: shape, shape }
  }

  function onPointerMove(event: PointerEvent): void {
    if (!hasPicture) return
    if (drag?.kind === 'pinch') {
      movePinch(event)
      return
    }
    pointer = toPicture(event)
    if (drag?.kind === 'pan') {
      view = panBy(view, event.clientX - drag.x, event.clientY - drag.y, picture, pane())
      drag = { kind: 'pan', x: event.clientX, y: event.clientY }
      arrange()
      return
    }
    const { scale } = placement()
    if (drag?.kind === 'stroke') {
      for (const part of coalesced(event)) addPoint(drag.points, toPicture(part), Math.max(0.3, 0.75 / scale))
    } else if (drag?.kind === 'freehand') {
      for (const part of coalesced(event)) addPoint(polygon, toPicture(part), 4 / scale)
    } else if (drag?.kind === 'rectangle') {
      drag = { ...drag, to: pointer }
    } else if (drag?.kind === 'corner') {
      drag = { ...drag, shape: withCorner(drag.shape, drag.corner, pointer) }
    } else if (drag?.kind === 'move') {
      const dx = pointer.x - drag.from.x
      const dy = pointer.y - drag.from.y
      if (hidden === null && Math.hypot(dx, dy) * scale > 3) {
        hidden = drag.index
        repaint()
      }
      if (hidden !== null) drag = { ...drag, shape: moved(drag.original, dx, dy) }
    }
    follow()
  }

  function onPointerUp(event: PointerEvent): void {
    fingers.delete(event.pointerId)
    // The last finger of two draws nothing while it is lifted.
    if (drag?.kind === 'pinch' && fingers.size > 0) return
    const done = drag
    drag = null
    if (event.pointerType === 'touch') pointer = null
    if (hidden !== null) hidden = null
    if (done?.kind === 'stroke') {
      const shape: StrokeShape = {
        kind: 'stroke',
        defectType: pen.tool === 'eraser' ? null : pen.defectType,
        size: pen.size,
        points: done.points,
      }
      events.add(shape)
    } else if (done?.kind === 'rectangle') {
      const shape = rectangle(pen.defectType, done.from, done.to)
      if (shape) events.add(shape)
    } else if (done?.kind === 'corner') {
      if (done.shape === shapes[done.index]) repaint()
      else events.replace(done.index, done.shape)
    } else if (done?.kind === 'move' && done.shape !== done.original) {
      events.replace(done.index, done.shape)
    }
    redraft()
  }

  function onDoubleClick(event: MouseEvent): void {
    if (pen.tool === 'polygon') {
      closePolygon()
      return
    }
    const shape = selected === null ? undefined : shapes[selected]
    if (pen.tool !== 'select' || selected === null || shape === undefined) return
    const more = withNewCorner(shape, toPicture(event), reach / placement().scale)
    if (more !== null) events.replace(selected, more)
  }

  function onWheel(event: WheelEvent): void {
    if (!hasPicture) return
    event.preventDefault()
    const box = container.getBoundingClientRect()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY
    const at = { x: event.clientX - box.left, y: event.clientY - box.top }
    view = zoomAt(view, Math.exp(-lines * 0.0018), at, picture, pane())
    arrange()
  }

  function onPointerLeave(): void {
    if (drag !== null) return
    pointer = null
    redraft()
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key !== ' ' || event.target instanceof HTMLInputElement) return
    spaceIsDown = event.type === 'keydown'
    container.style.cursor = spaceIsDown ? 'grab' : ''
  }

  const noMenu = (event: Event): void => event.preventDefault()
  container.addEventListener('pointerdown', onPointerDown)
  container.addEventListener('pointermove', onPointerMove)
  container.addEventListener('pointerup', onPointerUp)
  container.addEventListener('pointercancel', onPointerUp)
  container.addEventListener('pointerleave', onPointerLeave)
  container.addEventListener('dblclick', onDoubleClick)
  container.addEventListener('wheel', onWheel, { passive: false })
  container.addEventListener('contextmenu', noMenu)
  window.addEventListener('keydown', onKey)
  window.addEventListener('keyup', onKey)

  return {
    show(next, size) {
      const other = size.width !== picture.width || size.height !== picture.height
      picture = size
      hasPicture = next !== null
      if (other) view = fitted
      polygon = []
      drag = null
      hidden = null
      painted = [{ kind: 'stroke', defectType: null, size: 1, points: [] }]
      canvasScale = Math.min(1, largestCanvas / Math.max(size.width, size.height))
      canvas.width = Math.ceil(size.width * canvasScale)
      canvas.height = Math.ceil(size.height * canvasScale)
      photo.image(next ?? undefined)
      marks.image(canvas)
      arrange()
    },
    setShapes(next, chosen) {
      shapes = next
      selected = chosen
      hidden = null
      repaint()
      redraft()
    },
    setColors(next) {
      colorOf = next
      painted = [{ kind: 'stroke', defectType: null, size: 1, points: [] }]
      repaint()
      redraft()
    },
    setPen(next) {
      if (next.tool !== pen.tool) polygon = []
      pen = next
      redraft()
    },
    setProposal(next) {
      proposal.image(next ?? undefined)
      proposal.visible(next !== null)
      markLayer.batchDraw()
    },
    setOpacity(opacity) {
      marks.opacity(opacity)
      markLayer.batchDraw()
    },
    setTone(filter) {
      photoLayer.getCanvas()._canvas.style.filter = filter
    },
    close: closePolygon,
    back() {
      if (polygon.length === 0) return false
      takeBack()
      redraft()
      return true
    },
    cancel() {
      if (polygon.length === 0 && drag === null) return false
      polygon = []
      drag = null
      if (hidden !== null) {
        hidden = null
        repaint()
      }
      redraft()
      return true
    },
    resize(size) {
      if (size.width < 1 || size.height < 1) return
      stage.size(size)
      arrange()
    },
    fit() {
      view = fitted
      arrange()
    },
    zoom(factor) {
      view = zoomAt(view, factor, { x: stage.width() / 2, y: stage.height() / 2 }, picture, pane())
      arrange()
    },
    destroy() {
      container.removeEventListener('pointerdown', onPointerDown)
      container.removeEventListener('pointermove', onPointerMove)
      container.removeEventListener('pointerup', onPointerUp)
      container.removeEventListener('pointercancel', onPointerUp)
      container.removeEventListener('pointerleave', onPointerLeave)
      container.removeEventListener('dblclick', onDoubleClick)
      container.removeEventListener('wheel', onWheel)
      container.removeEventListener('contextmenu', noMenu)
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('keyup', onKey)
      stage.destroy()
    },
  }
}

const coalesced = (event: PointerEvent): PointerEvent[] => {
  const parts = event.getCoalescedEvents()
  return parts.length > 0 ? parts : [event]
}

/** Mean length of the pieces of a line, on screen. */
function averageStep(points: readonly number[]): number {
  const count = points.length / 2
  if (count < 2) return Number.POSITIVE_INFINITY
  let length = 0
  for (let i = 2; i < points.length; i += 2) {
    length += Math.hypot((points[i] ?? 0) - (points[i - 2] ?? 0), (points[i + 1] ?? 0) - (points[i - 1] ?? 0))
  }
  return length / (count - 1)
}
