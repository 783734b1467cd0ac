/**
 * The photograph that is drawn on. Finished shapes are colors on one canvas of the photograph's size, so that zoom
 * and pan cost the same however many there are; a pointer move repaints only what is being drawn. Konva's hit graph
 * is off: what a click hits is computed.
 */
import Konva from 'konva/lib/Core'
import { Image as KonvaImage } from 'konva/lib/shapes/Image'
import type { Shape, StrokeShape } from '../../../shared/annotation.ts'
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
  const draftLayer = new Konva.Layer({ listening: false })
  stage.add(photoLayer, markLayer, draftLayer)
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

  const draft = new Konva.Shape({
    listening: false,
    sceneFunc: (context) => paintDraft(context),
  })
  draftLayer.add(draft)

  /**
   * A layer with nothing on it is taken away: Chromium may go on showing what was on a canvas that was only cleared.
   */
  function redraft(): void {
    const isBrush = pen.tool === 'brush' || pen.tool === 'eraser'
    const isEmpty =
      polygon.length === 0 &&
      (drag === null || drag.kind === 'pan' || drag.kind === 'pinch') &&
      selected === null &&
      !(isBrush && pointer)
    draftLayer.visible(!isEmpty)
    if (corners !== polygon.length / 2) {
      corners = polygon.length / 2
      events.drawing(corners)
    }
    if (!isEmpty) draftLayer.batchDraw()
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
    redraft()
    events.scaled(scale)
  }

  function paintDraft(context: Konva.Context): void {
    const { x, y, scale } = placement()
    const onScreen = (points: readonly number[]): number[] =>
      points.map((value, i) => value * scale + (i % 2 === 0 ? x : y))
    const line = (points: readonly number[], color: string, closed: boolean): void => {
      tracePoints(context, points)
      if (closed) context.closePath()
      for (const [width, style] of [
        [3.5, 'rgb(8 9 11 / 75%)'],
        [1.5, color],
      ] as const) {
        context.setAttr('lineWidth', width)
        context.setAttr('strokeStyle', style)
        context.stroke()
      }
    }
    const dots = (points: readonly number[], color: string): void => {
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
    const tip = (at: Point, size: number): void => {
      context.beginPath()
      context.arc(at.x * scale + x, at.y * scale + y, Math.max(1, (size / 2) * scale), 0, 2 * Math.PI, false)
      context.setAttr('lineWidth', 3)
      context.setAttr('strokeStyle', 'rgb(8 9 11 / 60%)')
      context.stroke()
      context.setAttr('lineWidth', 1.25)
      context.setAttr('strokeStyle', '#fff')
      context.stroke()
    }
    const color = colorOf(pen.defectType)

    if (polygon.length > 0) {
      const path = pointer && drag?.kind !== 'freehand' ? [...polygon, pointer.x, pointer.y] : polygon
      const points = onScreen(path)
      line(points, color, false)
      if (averageStep(points) >= sparse) dots(onScreen(polygon), '#fff')
      else dots(onScreen(polygon.slice(0, 2)), '#fff')
    }
    if (drag?.kind === 'rectangle') {
      const shape = rectangle(pen.defectType, drag.from, drag.to)
      if (shape) line(onScreen(cornersOf(shape).flatMap((p) => [p.x, p.y])), color, true)
    }
    if (drag?.kind === 'stroke') {
      context.save()
      context.setAttr('lineCap', 'round')
      context.setAttr('lineJoin', 'round')
      context.setAttr('lineWidth', pen.size * scale)
      context.setAttr('strokeStyle', pen.tool === 'eraser' ? 'rgb(255 255 255 / 45%)' : color)
      context.setAttr('globalAlpha', pen.tool === 'eraser' ? 1 : 0.5)
      const points = onScreen(drag.points)
      tracePoints(context, points)
      if (points.length === 2) context.lineTo((points[0] ?? 0) + 0.01, points[1] ?? 0)
      context.stroke()
      context.restore()
    }
    const chosen =
      drag?.kind === 'corner' || drag?.kind === 'move'
        ? drag.shape
        : selected === null
          ? undefined
          : shapes[selected]
    if (chosen) outline(chosen, line, dots, onScreen)
    const isBrush = pen.tool === 'brush' || pen.tool === 'eraser'
    if (isBrush && pointer && !spaceIsDown && drag?.kind !== 'pan') tip(pointer, pen.size)
  }

  function outline(
    shape: Shape,
    line: (points: readonly number[], color: string, closed: boolean) => void,
    dots: (points: readonly number[], color: string) => void,
    onScreen: (points: readonly number[]) => number[],
  ): void {
    const color = '#fff'
    if (shape.kind === 'stroke') {
      line(onScreen(shape.points), color, false)
      return
    }
    const corners =
      shape.kind === 'region'
        ? cornersOf({ ...shape, kind: 'rectangle' }).flatMap((p) => [p.x, p.y])
        : shape.kind === 'polygon'
          ? shape.points
          : cornersOf(shape).flatMap((p) => [p.x, p.y])
    const points = onScreen(corners)
    line(points, color, true)
    if (shape.kind !== 'region' && averageStep(points) >= sparse) dots(points, color)
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
    if (drag?.kind === 'freehand') polygon.splice(-2)
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
    redraft()
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
      polygon.splice(-2)
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
