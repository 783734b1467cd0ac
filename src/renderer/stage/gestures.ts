/**
 * Gestures on a canvas that shows a picture, the same on every screen. The wheel zooms about the pointer, two
 * fingers zoom and move, and a drag moves the picture. Where the canvas is drawn on, a drag with the left button
 * draws, and the picture is moved with another button or while the space bar is down.
 */
import type { Point } from './points.ts'
import { fitted, limit, type Placement, panBy, place, type Size, type View, zoomAt } from './view.ts'

/** The part of the canvas in which a picture is shown, in pixels of the canvas. */
export type Frame = Point & Size

/** What gestures need of an element. */
export interface GestureSurface extends EventTarget {
  readonly style: { cursor: string }
  getBoundingClientRect(): { left: number; top: number }
  setPointerCapture(pointer: number): void
}

export interface GestureTarget {
  /** The size of the picture; null while none is shown, and then nothing happens. */
  picture(): Size | null
  /** The frame at a point of the canvas. Frames that show one picture share the view and have the same size. */
  frameAt(point: Point): Frame | null
  /** The view has changed: everything is to be placed anew. */
  viewChanged(): void
  /** Absent where nothing is drawn. */
  drawing?: Drawing
}

/** What is told to a stage that is drawn on. Points are in pixels of the picture. */
export interface Drawing {
  /** The whole picture is always shown, so it cannot be zoomed or moved. */
  viewIsFixed?: boolean
  begin(at: Point, event: PointerEvent): void
  /** Any movement of the pointer, whether it draws, moves the picture or is not down at all. */
  move(at: Point, event: PointerEvent): void
  /** The pointer went up. If the system took it away instead, the type of the event is `pointercancel`. */
  end(at: Point, event: PointerEvent): void
  /** A second finger touched the canvas: what the first one began is dropped, and both move the picture. */
  giveUp?(): void
  /** The pointer has left the canvas without drawing. */
  leave?(): void
  doubleClick(at: Point): void
  /** The wheel was turned by so many pixels while it draws. @returns whether it means something for what is drawn */
  wheel?(pixels: number): boolean
}

export interface Gestures {
  readonly view: View
  /** Whether the pointer moves the picture, or would: the space bar is down, or such a drag is under way. */
  readonly movesPicture: boolean
  /** Where the picture is in its frame. */
  placement(): Placement
  /** The point of the picture under a pointer. */
  toPicture(event: { clientX: number; clientY: number }): Point
  /** Shows the whole picture. */
  fit(): void
  /** Zooms about the middle. */
  zoom(factor: number): void
  /** Keeps the picture on the canvas after either has got another size. */
  limit(): void
  /** Goes back to the whole picture without telling `viewChanged`. */
  reset(): void
  destroy(): void
}

const pixelsOfLine = 16
/** The zoom is multiplied by e to the power of this for each pixel that the wheel scrolls. */
const wheelSpeed = 0.0018

type Held = { kind: 'pan'; pointer: number; at: Point } | { kind: 'pinch' } | { kind: 'draw' }

export function createGestures(container: GestureSurface, target: GestureTarget): Gestures {
  const { drawing } = target
  const viewIsFixed = drawing?.viewIsFixed === true
  let view: View = fitted
  let held: Held | null = null
  let spaceIsDown = false
  const fingers = new Map<number, Point>()
  const none: Placement = { x: 0, y: 0, scale: 1 }

  const placement = (): Placement => {
    const picture = target.picture()
    const frame = target.frameAt({ x: 0, y: 0 })
    return picture === null || frame === null ? none : place(view, picture, frame)
  }
  const onCanvas = (event: { clientX: number; clientY: number }): Point => {
    const box = container.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const onScreen = (event: { clientX: number; clientY: number }): Point => ({
    x: event.clientX,
    y: event.clientY,
  })

  function toPicture(event: { clientX: number; clientY: number }): Point {
    const at = onCanvas(event)
    const { x, y, scale } = placement()
    return { x: (at.x - x) / scale, y: (at.y - y) / scale }
  }

  // These two change the view without a call of `viewChanged`; their callers make that call.
  function zoomAbout(point: Point, factor: number): void {
    const picture = target.picture()
    const frame = target.frameAt(point)
    if (picture === null || frame === null) return
    view = zoomAt(view, factor, { x: point.x - frame.x, y: point.y - frame.y }, picture, frame)
  }
  function pan(dx: number, dy: number): void {
    const picture = target.picture()
    const frame = target.frameAt({ x: 0, y: 0 })
    if (picture !== null && frame !== null) view = panBy(view, dx, dy, picture, frame)
  }

  function onWheel(event: WheelEvent): void {
    if (target.picture() === null) return
    event.preventDefault()
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * pixelsOfLine : event.deltaY
    if (held?.kind === 'draw' && drawing?.wheel?.(pixels) === true) return
    zoomAbout(onCanvas(event), Math.exp(-pixels * wheelSpeed))
    target.viewChanged()
  }

  function onPointerDown(event: PointerEvent): void {
    if (target.picture() === null) return
    const draws = drawing !== undefined && event.button === 0 && !spaceIsDown
    // A canvas that only shows something leaves the other buttons to the browser.
    if (!draws && (viewIsFixed || (drawing === undefined && event.button !== 0))) return
    container.setPointerCapture(event.pointerId)
    if (event.pointerType === 'touch' && !viewIsFixed) {
      fingers.set(event.pointerId, onScreen(event))
      if (fingers.size > 1) {
        held = { kind: 'pinch' }
        drawing?.giveUp?.()
        return
      }
    }
    if (draws) {
      held = { kind: 'draw' }
      drawing.begin(toPicture(event), event)
    } else {
      held = { kind: 'pan', pointer: event.pointerId, at: onScreen(event) }
      drawing?.move(toPicture(event), event)
    }
  }

  function onPointerMove(event: PointerEvent): void {
    if (target.picture() === null) return
    if (held?.kind === 'pinch') {
      movePinch(event)
      return
    }
    if (held?.kind === 'pan' && held.pointer === event.pointerId) {
      const to = onScreen(event)
      pan(to.x - held.at.x, to.y - held.at.y)
      held = { ...held, at: to }
      if (fingers.has(event.pointerId)) fingers.set(event.pointerId, to)
      target.viewChanged()
    }
    drawing?.move(toPicture(event), event)
  }

  /** The change of the distance of two fingers zooms about the middle between them, and that middle moves along. */
  function movePinch(event: PointerEvent): void {
    const from = fingers.get(event.pointerId)
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    if (from === undefined || other === undefined) return
    const to = onScreen(event)
    fingers.set(event.pointerId, to)
    const before = Math.hypot(from.x - other.x, from.y - other.y)
    const after = Math.hypot(to.x - other.x, to.y - other.y)
    const middle = onCanvas({ clientX: (to.x + other.x) / 2, clientY: (to.y + other.y) / 2 })
    if (before > 0) zoomAbout(middle, after / before)
    pan((to.x - from.x) / 2, (to.y - from.y) / 2)
    target.viewChanged()
  }

  function onPointerUp(event: PointerEvent): void {
    fingers.delete(event.pointerId)
    if (held?.kind === 'pinch') {
      const [last] = fingers
      if (last !== undefined) {
        // The finger that is lifted last must not draw. Where nothing is drawn it goes on moving the picture.
        if (drawing === undefined && fingers.size === 1) {
          held = { kind: 'pan', pointer: last[0], at: last[1] }
        }
        return
      }
    } else if (held?.kind === 'pan' && held.pointer !== event.pointerId) return
    held = null
    if (target.picture() !== null) drawing?.end(toPicture(event), event)
  }

  function onPointerLeave(): void {
    if (held === null) drawing?.leave?.()
  }

  function onDoubleClick(event: MouseEvent): void {
    if (drawing === undefined) showWhole()
    else drawing.doubleClick(toPicture(event))
  }

  function onSpace(event: KeyboardEvent): void {
    if (event.key !== ' ' || event.target instanceof HTMLInputElement) return
    spaceIsDown = event.type === 'keydown'
    container.style.cursor = spaceIsDown ? 'grab' : ''
  }

  function showWhole(): void {
    view = fitted
    target.viewChanged()
  }

  const listening = new AbortController()
  function on<E extends Event>(
    where: EventTarget,
    type: string,
    kind: abstract new (...given: never[]) => E,
    listener: (event: E) => void,
  ): void {
    const checked = (event: Event): void => {
      if (event instanceof kind) listener(event)
    }
    // By default Chromium makes listeners of the wheel passive, and those cannot keep the page from scrolling.
    where.addEventListener(type, checked, { passive: false, signal: listening.signal })
  }
  on(container, 'pointerdown', PointerEvent, onPointerDown)
  on(container, 'pointermove', PointerEvent, onPointerMove)
  on(container, 'pointerup', PointerEvent, onPointerUp)
  on(container, 'pointercancel', PointerEvent, onPointerUp)
  on(container, 'pointerleave', PointerEvent, onPointerLeave)
  on(container, 'dblclick', MouseEvent, onDoubleClick)
  if (!viewIsFixed) {
    on(container, 'wheel', WheelEvent, onWheel)
    if (drawing !== undefined) {
      on(container, 'contextmenu', Event, (event) => event.preventDefault())
      on(window, 'keydown', KeyboardEvent, onSpace)
      on(window, 'keyup', KeyboardEvent, onSpace)
    }
  }

  return {
    get view() {
      return view
    },
    get movesPicture() {
      return spaceIsDown || held?.kind === 'pan'
    },
    placement,
    toPicture,
    fit: showWhole,
    zoom(factor) {
      const frame = target.frameAt({ x: 0, y: 0 })
      if (frame === null) return
      zoomAbout({ x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 }, factor)
      target.viewChanged()
    },
    limit() {
      const picture = target.picture()
      const frame = target.frameAt({ x: 0, y: 0 })
      if (picture !== null && frame !== null) view = limit(view, picture, frame)
    },
    reset() {
      view = fitted
    },
    destroy: () => listening.abort(),
  }
}
