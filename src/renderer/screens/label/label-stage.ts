/**
 * The photograph that is drawn on: the photograph, the finished shapes and a proposal lie on two konva layers, what is
 * being drawn on others above them. Konva's own hit detection is off: what a click hits is computed from the shapes.
 */
import Konva from 'konva/lib/Core'
import { Image as KonvaImage } from 'konva/lib/shapes/Image'
import type { Shape } from '../../../shared/label.ts'
import { createGestures } from '../../stage/gestures.ts'
import type { Point } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'
import { createDraft, type Pen } from './draft.ts'
import { createDraftLayers } from './draft-layers.ts'
import type { ColorOf } from './paint-shapes.ts'
import { createShapeCanvas } from './shape-canvas.ts'
import { createSmartBrush, within } from './smart-brush.ts'

export interface LabelStageEvents {
  add(shape: Shape): void
  replace(index: number, shape: Shape): void
  select(index: number | null, adds: boolean): void
  cutOut(points: readonly number[]): void
  split(from: Point, to: Point): void
  /** The smart brush has grown something, which is still computed; null where it is nothing. */
  grown(shape: Promise<Shape | null>): void
  /** The smart brush took another tolerance, by a drag or by the wheel. */
  tolerance(value: number): void
  scaled(scale: number): void
  /** The corners of the polygon that is being drawn; 0 where none is. */
  drawing(corners: number): void
}

export interface LabelStage {
  show(picture: CanvasImageSource | null, size: Size): void
  /** @param others that are selected beside it */
  setShapes(shapes: readonly Shape[], selected: number | null, others?: readonly number[]): void
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

/** From this enlargement on, pixels are shown as squares and not smoothed. */
const squarePixels = 3
/** Screen pixels of a drag, and notches of the wheel, that change the tolerance of the smart brush. */
const pixelsForStep = 3
const toleranceOfNotch = 2
/** Screen pixels within which a corner is hit: by a mouse or pen, and by a finger. */
const reach = 8
const fingerReach = 24
const reachOf = (event: PointerEvent): number => (event.pointerType === 'touch' ? fingerReach : reach)

export function createLabelStage(container: HTMLDivElement, events: LabelStageEvents): LabelStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1, listening: false })
  const photoLayer = new Konva.Layer({ listening: false })
  const shapeLayer = new Konva.Layer({ listening: false, imageSmoothingEnabled: false })
  stage.add(photoLayer, shapeLayer)
  const photo = new KonvaImage({ image: undefined, listening: false })
  const growth = new KonvaImage({ image: undefined, listening: false, opacity: 0.7, visible: false })
  const marks = new KonvaImage({ image: undefined, listening: false, opacity: 0.5 })
  const proposal = new KonvaImage({ image: undefined, listening: false, opacity: 0.7, visible: false })
  photoLayer.add(photo)
  shapeLayer.add(marks, proposal, growth)
  const shapeCanvas = createShapeCanvas()

  let picture: Size = { width: 1, height: 1 }
  let hasPicture = false
  let shapes: readonly Shape[] = []
  let selected: number | null = null
  let others: readonly Shape[] = []
  let colorOf: ColorOf = () => '#e69f00'
  let pen: Pen = { tool: 'select', size: 12, tolerance: 20, defectType: '' }
  let pointer: Point | null = null
  /** As `drawing` told them last. */
  let corners = 0

  const smart = createSmartBrush((grown) => {
    growth.image(grown ?? undefined)
    growth.visible(grown !== null)
    shapeLayer.batchDraw()
  })
  /** Of the region that grows: what it began with, and what the wheel and the drag have made of it. */
  let tolerance = { base: 0, now: 0 }
  function setTolerance(now: number): void {
    if (within(now) === tolerance.now) return
    tolerance = { ...tolerance, now: within(now) }
    smart.change(tolerance.now)
  }

  const draft = createDraft({
    pen: () => pen,
    shapes: () => shapes,
    selected: () => selected,
    scale: () => gestures.placement().scale,
    liftedChanged: repaint,
    add: events.add,
    replace: events.replace,
    select: events.select,
    cutOut: events.cutOut,
    split: events.split,
    grow(from, wider) {
      if (wider !== null) {
        setTolerance(tolerance.base + wider / pixelsForStep)
        return
      }
      tolerance = { base: pen.tolerance, now: pen.tolerance }
      smart.begin(from, pen.tolerance, colorOf(pen.defectType))
    },
    endGrowth(keeps) {
      if (!keeps) {
        smart.drop()
        return
      }
      if (tolerance.now !== pen.tolerance) events.tolerance(tolerance.now)
      events.grown(smart.take(pen.defectType))
    },
  })
  const gestures = createGestures(container, {
    picture: () => (hasPicture ? picture : null),
    frameAt: () => ({ x: 0, y: 0, ...stage.size() }),
    viewChanged: arrange,
    drawing: {
      begin(at, event) {
        pointer = at
        draft.begin(at, reachOf(event), event.altKey, event.shiftKey)
        redraw()
      },
      move(at, event) {
        pointer = at
        draft.move(at, () => coalesced(event).map(gestures.toPicture))
        follow()
      },
      end(_at, event) {
        if (event.pointerType === 'touch') pointer = null
        draft.end()
        redraw()
      },
      giveUp() {
        pointer = null
        draft.giveUpDrag()
        redraw()
      },
      leave() {
        pointer = null
        redraw()
      },
      wheel(pixels) {
        if (draft.drag?.kind !== 'grow') return false
        const by = -Math.sign(pixels) * toleranceOfNotch
        tolerance = { ...tolerance, base: tolerance.base + by }
        setTolerance(tolerance.now + by)
        return true
      },
      doubleClick(at) {
        if (pen.tool === 'polygon' || pen.tool === 'hole') closePolygon()
        else if (pen.tool === 'select') draft.addCorner(at, reach)
      },
    },
  })
  const layers = createDraftLayers(stage, {
    draft,
    pen: () => pen,
    colorOf: (defectType) => colorOf(defectType),
    placement: gestures.placement,
    pointer: () => pointer,
    chosen: () => {
      const { drag } = draft
      if (drag?.kind === 'corner' || drag?.kind === 'move') return drag.shape
      return selected === null ? undefined : shapes[selected]
    },
    others: () => others,
    movesPicture: () => gestures.movesPicture,
  })

  function tellCorners(): void {
    if (corners === draft.polygon.length / 2) return
    corners = draft.polygon.length / 2
    events.drawing(corners)
  }

  function follow(): void {
    layers.follow()
    tellCorners()
  }

  function redraw(): void {
    layers.redraw()
    tellCorners()
  }

  function repaint(): void {
    shapeCanvas.paint(shapes, draft.lifted, colorOf)
    shapeLayer.batchDraw()
  }

  function arrange(): void {
    gestures.limit()
    const { x, y, scale } = gestures.placement()
    for (const node of [photo, marks, proposal, growth]) {
      node.position({ x, y })
      node.size(picture)
      node.scale({ x: scale, y: scale })
    }
    photoLayer.imageSmoothingEnabled(scale < squarePixels)
    photoLayer.batchDraw()
    shapeLayer.batchDraw()
    layers.forget()
    redraw()
    events.scaled(scale)
  }

  function closePolygon(): void {
    draft.closePolygon()
    redraw()
  }

  return {
    show(next, size) {
      if (size.width !== picture.width || size.height !== picture.height) gestures.reset()
      picture = size
      hasPicture = next !== null
      draft.reset()
      smart.show(next, size)
      shapeCanvas.resize(size)
      photo.image(next ?? undefined)
      marks.image(shapeCanvas.canvas)
      arrange()
    },
    setShapes(next, chosen, beside = []) {
      shapes = next
      selected = chosen
      others = next.filter((_, i) => beside.includes(i))
      draft.putDown()
      repaint()
      redraw()
    },
    setColors(next) {
      colorOf = next
      shapeCanvas.forget()
      repaint()
      redraw()
    },
    setPen(next) {
      if (next.tool !== pen.tool) draft.dropPolygon()
      pen = next
      redraw()
    },
    setProposal(next) {
      proposal.image(next ?? undefined)
      proposal.visible(next !== null)
      shapeLayer.batchDraw()
    },
    setOpacity(opacity) {
      marks.opacity(opacity)
      shapeLayer.batchDraw()
    },
    setTone(filter) {
      photoLayer.getCanvas()._canvas.style.filter = filter
    },
    close: closePolygon,
    back() {
      if (!draft.takeBack()) return false
      redraw()
      return true
    },
    cancel() {
      if (!draft.cancel()) return false
      redraw()
      return true
    },
    resize(size) {
      if (size.width < 1 || size.height < 1) return
      stage.size(size)
      arrange()
    },
    fit: gestures.fit,
    zoom: gestures.zoom,
    destroy() {
      gestures.destroy()
      smart.destroy()
      stage.destroy()
    },
  }
}

const coalesced = (event: PointerEvent): PointerEvent[] => {
  const parts = event.getCoalescedEvents()
  return parts.length > 0 ? parts : [event]
}
