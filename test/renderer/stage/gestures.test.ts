import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createGestures, type Drawing, type Gestures } from '../../../src/renderer/stage/gestures.ts'

const picture = { width: 400, height: 200 }
const frame = { x: 0, y: 0, width: 624, height: 424 }
/** Where the canvas stands in the window. */
const corner = { left: 30, top: 50 }
const middle = { clientX: 30 + 312, clientY: 50 + 212 }

class Canvas extends EventTarget {
  style = { cursor: '' }
  getBoundingClientRect() {
    return { ...corner, width: frame.width, height: frame.height }
  }
  setPointerCapture() {}
}

interface Given {
  clientX?: number
  clientY?: number
  deltaY?: number
  deltaMode?: number
  button?: number
  pointerId?: number
  pointerType?: string
}

/** The events of a browser, with the fields that gestures read. */
class FakeMouseEvent extends Event {
  clientX: number
  clientY: number
  button: number
  constructor(type: string, given: Given = {}) {
    super(type, { cancelable: true })
    this.clientX = given.clientX ?? middle.clientX
    this.clientY = given.clientY ?? middle.clientY
    this.button = given.button ?? 0
  }
}
class FakePointerEvent extends FakeMouseEvent {
  pointerId: number
  pointerType: string
  constructor(type: string, given: Given = {}) {
    super(type, given)
    this.pointerId = given.pointerId ?? 1
    this.pointerType = given.pointerType ?? 'mouse'
  }
}
class FakeWheelEvent extends FakeMouseEvent {
  static DOM_DELTA_LINE = 1
  deltaY: number
  deltaMode: number
  constructor(type: string, given: Given = {}) {
    super(type, given)
    this.deltaY = given.deltaY ?? 0
    this.deltaMode = given.deltaMode ?? 0
  }
}
class FakeKeyboardEvent extends Event {
  key = ' '
}

let canvas: Canvas
let page: EventTarget
beforeEach(() => {
  canvas = new Canvas()
  page = new EventTarget()
  vi.stubGlobal('window', page)
  vi.stubGlobal('HTMLInputElement', class {})
  vi.stubGlobal('MouseEvent', FakeMouseEvent)
  vi.stubGlobal('PointerEvent', FakePointerEvent)
  vi.stubGlobal('WheelEvent', FakeWheelEvent)
  vi.stubGlobal('KeyboardEvent', FakeKeyboardEvent)
})

function send(type: string, given: Given = {}): void {
  const Kind = type === 'wheel' ? FakeWheelEvent : type === 'dblclick' ? FakeMouseEvent : FakePointerEvent
  canvas.dispatchEvent(new Kind(type, given))
}

function key(type: 'keydown' | 'keyup'): void {
  page.dispatchEvent(new FakeKeyboardEvent(type))
}

function gesturesOn(drawing?: Partial<Drawing>): { gestures: Gestures; changes: () => number } {
  let changes = 0
  const quiet: Drawing = { begin: vi.fn(), move: vi.fn(), end: vi.fn(), doubleClick: vi.fn() }
  const gestures = createGestures(canvas, {
    picture: () => picture,
    frameAt: () => frame,
    viewChanged: () => {
      changes += 1
    },
    ...(drawing === undefined ? {} : { drawing: { ...quiet, ...drawing } }),
  })
  return { gestures, changes: () => changes }
}

describe('a picture that is only shown', () => {
  it('is enlarged by the wheel about the pointer', () => {
    const { gestures } = gesturesOn()
    const at = { clientX: 200, clientY: 240 }
    const before = gestures.toPicture(at)
    send('wheel', { ...at, deltaY: -500, deltaMode: 0 })
    expect(gestures.view.zoom).toBeCloseTo(Math.exp(500 * 0.0018), 9)
    expect(gestures.toPicture(at).x).toBeCloseTo(before.x, 6)
    expect(gestures.toPicture(at).y).toBeCloseTo(before.y, 6)
  })

  it('is turned as far by a wheel that counts lines of 16 pixels', () => {
    const { gestures } = gesturesOn()
    send('wheel', { deltaY: -10, deltaMode: 1 })
    expect(gestures.view.zoom).toBeCloseTo(Math.exp(160 * 0.0018), 9)
  })

  it('follows a drag, and is whole again after a double click', () => {
    const { gestures } = gesturesOn()
    gestures.zoom(4)
    const under = gestures.toPicture(middle)
    send('pointerdown')
    send('pointermove', { clientX: middle.clientX + 20, clientY: middle.clientY - 10 })
    const moved = gestures.toPicture({ clientX: middle.clientX + 20, clientY: middle.clientY - 10 })
    expect(moved.x).toBeCloseTo(under.x, 6)
    expect(moved.y).toBeCloseTo(under.y, 6)
    send('pointerup')
    send('dblclick')
    expect(gestures.view).toEqual({ zoom: 1, x: 0.5, y: 0.5 })
  })

  it('is enlarged by as much as two fingers part', () => {
    const { gestures } = gesturesOn()
    const finger = (pointerId: number, clientX: number) => ({ pointerId, pointerType: 'touch', clientX })
    send('pointerdown', finger(1, middle.clientX - 50))
    send('pointerdown', finger(2, middle.clientX + 50))
    send('pointermove', finger(1, middle.clientX - 100))
    send('pointermove', finger(2, middle.clientX + 100))
    expect(gestures.view.zoom).toBeCloseTo(2, 9)
  })

  it('hears nothing after the end', () => {
    const { gestures, changes } = gesturesOn()
    gestures.destroy()
    send('wheel', { deltaY: -100, deltaMode: 0 })
    send('dblclick')
    expect(changes()).toBe(0)
  })
})

describe('a picture that is drawn on', () => {
  it('is drawn on with the left button, in its own pixels', () => {
    const begin = vi.fn()
    const end = vi.fn()
    gesturesOn({ begin, end })
    send('pointerdown')
    send('pointerup')
    expect(begin.mock.calls[0]?.[0]).toEqual({ x: 200, y: 100 })
    expect(end.mock.calls[0]?.[0]).toEqual({ x: 200, y: 100 })
  })

  it('is moved with another button, or while the space bar is down', () => {
    const begin = vi.fn()
    const { gestures } = gesturesOn({ begin })
    gestures.zoom(4)
    const before = gestures.view.x
    send('pointerdown', { button: 1 })
    expect(gestures.movesPicture).toBe(true)
    send('pointermove', { clientX: middle.clientX + 20 })
    send('pointerup', { button: 1 })
    const between = gestures.view.x
    expect(between).toBeLessThan(before)
    key('keydown')
    send('pointerdown')
    send('pointermove', { clientX: middle.clientX + 20 })
    send('pointerup')
    key('keyup')
    expect(gestures.view.x).toBeLessThan(between)
    expect(gestures.movesPicture).toBe(false)
    expect(begin).not.toHaveBeenCalled()
  })

  it('is given up by the first finger when a second one comes, and by neither while the last is lifted', () => {
    const giveUp = vi.fn()
    const begin = vi.fn()
    const end = vi.fn()
    gesturesOn({ begin, giveUp, end })
    const finger = (pointerId: number) => ({ pointerId, pointerType: 'touch' })
    send('pointerdown', finger(1))
    send('pointerdown', finger(2))
    expect(giveUp).toHaveBeenCalledTimes(1)
    send('pointerup', finger(2))
    send('pointermove', { ...finger(1), clientX: middle.clientX + 9 })
    expect(end).not.toHaveBeenCalled()
    send('pointerup', finger(1))
    expect(begin).toHaveBeenCalledTimes(1)
    expect(end).toHaveBeenCalledTimes(1)
  })

  it('stays whole where its view is fixed', () => {
    const { gestures, changes } = gesturesOn({ viewIsFixed: true })
    send('wheel', { deltaY: -100, deltaMode: 0 })
    send('pointerdown', { button: 1 })
    send('pointermove', { clientX: middle.clientX + 20 })
    expect(changes()).toBe(0)
    expect(gestures.view.zoom).toBe(1)
  })
})
