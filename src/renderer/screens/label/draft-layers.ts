/**
 * Konva layers above the photograph: what is being drawn, the outline of what is chosen, and what follows the
 * pointer. Each is a layer of its own, so that a pointer move adds the new points to the first and paints the last
 * again, and nothing else.
 */
import Konva from 'konva/lib/Core'
import type { Shape } from '../../../shared/label.ts'
import { eachPoint, flatPoints, type Point, pointAt } from '../../stage/points.ts'
import type { Placement } from '../../stage/view.ts'
import type { Draft, Pen } from './draft.ts'
import { type ColorOf, tracePoints } from './paint-shapes.ts'
import { cornersOf, rectangle, ringsOf } from './shape-geometry.ts'

export interface DraftLayersSource {
  draft: Draft
  pen(): Pen
  colorOf: ColorOf
  placement(): Placement
  /** Where the pointer is; null where it is not on the photograph. */
  pointer(): Point | null
  /** The shape whose outline is shown. */
  chosen(): Shape | undefined
  /** Others that are selected beside it. */
  others(): readonly Shape[]
  /** The pointer moves the photograph, or is about to: the tip of the brush is not shown. */
  movesPicture(): boolean
}

export interface DraftLayers {
  /** Paints what a pointer move may change. */
  follow(): void
  redraw(): void
  /** The photograph was moved or zoomed, so the line that is being drawn must be painted again as a whole. */
  forget(): void
}

/** Corners are drawn as dots only where they are at least so many screen pixels apart, and do not cover the line. */
const leastBetweenDots = 7
/** Lines are a thin one of a color on a wider dark one, so that they are seen on any photograph. */
const darkLine = { width: 3.5, style: 'rgb(8 9 11 / 75%)' }
const coloredLine = (style: string) => ({ width: 1.5, style })

export function createDraftLayers(stage: Konva.Stage, source: DraftLayersSource): DraftLayers {
  const { draft, colorOf } = source
  const traceLayer = new Konva.Layer({ listening: false, clearBeforeDraw: false })
  const chosenLayer = new Konva.Layer({ listening: false })
  const pointerLayer = new Konva.Layer({ listening: false })
  stage.add(traceLayer, chosenLayer, pointerLayer)
  for (const [layer, paint] of [
    [traceLayer, paintTrace],
    [chosenLayer, paintChosen],
    [pointerLayer, paintPointer],
  ] as const) {
    layer.add(new Konva.Shape({ listening: false, sceneFunc: (context) => paint(context) }))
  }

  /** The line that grows while it is drawn: a stroke of the brush, or a polygon. */
  const traced = (): readonly number[] => (draft.drag?.kind === 'stroke' ? draft.drag.points : draft.polygon)
  /** How much of which line is on the canvas, and with which position, size and color it was painted. */
  let onTrace: { points: readonly number[]; count: number; look: string } | null = null

  const isBrush = (): boolean => source.pen().tool === 'brush' || source.pen().tool === 'eraser'
  const hasTip = (): boolean => isBrush() && source.pointer() !== null
  const hasRubberBand = (): boolean =>
    draft.polygon.length > 0 && source.pointer() !== null && draft.drag?.kind !== 'freehand'

  /** A layer with nothing on it is hidden: Chromium may go on showing what was on a canvas that was only cleared. */
  function show(layer: Konva.Layer, isThere: boolean): void {
    layer.visible(isThere)
    if (isThere) layer.batchDraw()
  }

  function onScreen(points: readonly number[]): number[] {
    const { x, y, scale } = source.placement()
    return points.map((value, i) => value * scale + (i % 2 === 0 ? x : y))
  }

  function dots(context: Konva.Context, points: readonly number[], color: string): void {
    const around = leastBetweenDots
    context.beginPath()
    eachPoint(points, (x, y) => {
      if (x < -around || y < -around || x > stage.width() + around || y > stage.height() + around) return
      context.rect(x - 3, y - 3, 6, 6)
    })
    context.setAttr('fillStyle', color)
    context.fill()
  }

  /** Adds the points that are new; paints everything again where the line or its look is another than before. */
  function paintTrace(context: Konva.Context): void {
    const points = traced()
    const pen = source.pen()
    const { x, y, scale } = source.placement()
    const isStroke = draft.drag?.kind === 'stroke'
    const takesAway = isStroke ? pen.tool === 'eraser' : pen.tool === 'hole'
    const color = takesAway ? '#fff' : colorOf(pen.defectType)
    const dotted = !isStroke && averageStep(points) * scale >= leastBetweenDots
    const look = [x, y, scale, color, isStroke ? pen.size : '', dotted].join()
    const isSame = onTrace?.points === points && onTrace.look === look && onTrace.count <= points.length
    const before = isSame && onTrace !== null ? onTrace.count : 0
    if (before === 0) context.clear()
    onTrace = { points, count: points.length, look }
    if (before === points.length) return
    const fresh = onScreen(points.slice(Math.max(0, before - 2)))
    traceLayer.getCanvas()._canvas.style.opacity = !isStroke ? '' : pen.tool === 'eraser' ? '0.45' : '0.5'
    if (isStroke) {
      context.setAttr('lineCap', 'round')
      context.setAttr('lineJoin', 'round')
      if (fresh.length === 2) {
        const only = pointAt(fresh, 0)
        fresh.push(only.x + 0.01, only.y)
      }
      strokeLine(context, fresh, { width: pen.size * scale, style: color })
      return
    }
    strokeLine(context, fresh, darkLine)
    // The new dark line covers the end of the colored edge before it, so that edge is drawn again.
    strokeLine(context, onScreen(points.slice(Math.max(0, before - 4))), coloredLine(color))
    if (dotted) dots(context, fresh, '#fff')
    else if (before === 0) dots(context, fresh.slice(0, 2), '#fff')
  }

  function paintChosen(context: Konva.Context): void {
    const shape = source.chosen()
    for (const other of source.others()) paintOutline(context, other, false)
    if (shape !== undefined) paintOutline(context, shape, true)
  }

  function paintOutline(context: Konva.Context, shape: Shape, hasCorners: boolean): void {
    if (shape.kind === 'stroke') {
      strokeOnDark(context, onScreen(shape.points), '#fff', false)
      return
    }
    for (const ring of outlinesOf(shape)) {
      const points = onScreen(ring)
      strokeOnDark(context, points, '#fff', true)
      const isDotted = hasCorners && shape.kind !== 'region' && averageStep(points) >= leastBetweenDots
      if (isDotted) dots(context, points, '#fff')
    }
  }

  function paintPointer(context: Konva.Context): void {
    const pen = source.pen()
    const pointer = source.pointer()
    const { drag, polygon } = draft
    const color = pen.tool === 'hole' ? '#fff' : colorOf(pen.defectType)
    if (pointer && hasRubberBand()) {
      const band = onScreen([...polygon.slice(-2), pointer.x, pointer.y])
      strokeOnDark(context, band, color, false)
      if (averageStep(polygon) * source.placement().scale >= leastBetweenDots)
        dots(context, band.slice(0, 2), '#fff')
    }
    if (drag?.kind === 'rectangle') {
      const shape = rectangle(pen.defectType, drag.from, drag.to)
      if (shape) strokeOnDark(context, onScreen(flatPoints(cornersOf(shape))), color, true)
    }
    if (drag?.kind === 'split')
      strokeOnDark(context, onScreen(flatPoints([drag.from, drag.to])), '#fff', false)
    if (pointer && hasTip() && !source.movesPicture()) paintTip(context, pointer, pen.size)
  }

  function paintTip(context: Konva.Context, at: Point, size: number): void {
    const { x, y, scale } = source.placement()
    context.beginPath()
    const radius = Math.max(1, (size / 2) * scale)
    context.arc(at.x * scale + x, at.y * scale + y, radius, 0, 2 * Math.PI, false)
    context.setAttr('lineWidth', 3)
    context.setAttr('strokeStyle', 'rgb(8 9 11 / 60%)')
    context.stroke()
    context.setAttr('lineWidth', 1.25)
    context.setAttr('strokeStyle', '#fff')
    context.stroke()
  }

  function follow(): void {
    const { drag } = draft
    show(traceLayer, traced().length > 0)
    if (drag?.kind === 'corner' || drag?.kind === 'move') show(chosenLayer, true)
    const isLine = drag?.kind === 'rectangle' || drag?.kind === 'split'
    show(pointerLayer, hasTip() || hasRubberBand() || isLine)
  }

  return {
    follow,
    redraw() {
      follow()
      show(chosenLayer, source.chosen() !== undefined)
    },
    forget() {
      onTrace = null
    },
  }
}

/** The corners around a shape and its holes: of single pixels those of their box. */
function outlinesOf(shape: Exclude<Shape, { kind: 'stroke' }>): readonly (readonly number[])[] {
  if (shape.kind === 'polygon') return ringsOf(shape)
  return [flatPoints(cornersOf(shape.kind === 'region' ? { ...shape, kind: 'rectangle' } : shape))]
}

function strokeLine(
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

function strokeOnDark(
  context: Konva.Context,
  points: readonly number[],
  color: string,
  closed: boolean,
): void {
  strokeLine(context, points, { ...darkLine, closed })
  strokeLine(context, points, { ...coloredLine(color), closed })
}

/** Mean length of the edges of a line; infinite where it has none. */
function averageStep(points: readonly number[]): number {
  const count = points.length / 2
  if (count < 2) return Number.POSITIVE_INFINITY
  let length = 0
  let before = pointAt(points, 0)
  eachPoint(points, (x, y) => {
    length += Math.hypot(x - before.x, y - before.y)
    before = { x, y }
  })
  return length / (count - 1)
}
