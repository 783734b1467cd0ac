/**
 * What the smart brush is growing from a point: it is shown while the tolerance changes, and becomes a shape. A worker
 * computes it.
 */
import type { RegionShape } from '../../../shared/label.ts'
import type { Point } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'
import type { Pixels } from './grow-region.ts'
import type { Growth, SmartBrushAnswer, SmartBrushRequest } from './smart-brush-messages.ts'

export const leastTolerance = 1
export const mostTolerance = 120
export const within = (tolerance: number): number =>
  Math.min(mostTolerance, Math.max(leastTolerance, Math.round(tolerance)))

/** So many pixels are read from a photograph at a time: the window does something else in between. */
const readAtOnce = 1_000_000

export interface SmartBrush {
  /** Another photograph is shown, or none. */
  show(picture: CanvasImageSource | null, size: Size): void
  /** Begins at a point; nothing where it is outside of the photograph. */
  begin(at: Point, tolerance: number, color: string): void
  change(tolerance: number): void
  /** What has grown, which is shown until it is there; null where nothing has. */
  take(defectType: string): Promise<RegionShape | null>
  drop(): void
  destroy(): void
}

interface Growing {
  id: number
  growth: Growth
  color: string
}

/** @param preview shows what grows, or nothing */
export function createSmartBrush(preview: (picture: HTMLCanvasElement | null) => void): SmartBrush {
  let picture: CanvasImageSource | null = null
  let size: Size = { width: 1, height: 1 }
  let worker: Worker | null = null
  /** Whether the worker has the photograph at hand, or gets it before what it is asked next. */
  let isGiven = false
  /** The worker is told one thing after the other; reading a photograph takes a moment. */
  let told: Promise<void> = Promise.resolve()
  let growing: Growing | null = null
  /** Whether a preview was asked for and is not there yet. One is asked for at a time. */
  let isAsked = false
  /** What was asked for last. */
  let asked: Growing | null = null
  /** The growth whose preview is shown or comes next. */
  let shown = 0
  let last = 0
  const taken = new Map<number, { take(shape: RegionShape | null): void; fail(reason: Error): void }>()

  function started(): Worker {
    if (worker !== null) return worker
    worker = new Worker(new URL('./smart-brush-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<SmartBrushAnswer>) => receive(data))
    worker.addEventListener('error', ({ message }) => fail(new Error(message)))
    return worker
  }

  function receive(answer: SmartBrushAnswer): void {
    if (answer.kind === 'shape') {
      if (answer.id === shown) preview(null)
      taken.get(answer.id)?.take(answer.shape)
      taken.delete(answer.id)
      return
    }
    isAsked = false
    if (answer.id === shown) preview(canvasOf(answer.pixels))
    if (growing !== asked) ask()
  }

  function ask(): void {
    if (growing === null || isAsked) return
    isAsked = true
    asked = growing
    send({ kind: 'preview', ...growing })
  }

  function fail(reason: Error): void {
    worker?.terminate()
    worker = null
    isGiven = false
    isAsked = false
    told = Promise.resolve()
    forget()
    for (const { fail: tell } of taken.values()) tell(reason)
    taken.clear()
  }

  /** In order, behind the photograph that it is about. */
  function send(request: SmartBrushRequest): void {
    const its = isGiven || picture === null ? null : { picture, size }
    isGiven = true
    const to = started()
    told = told
      .then(async () => {
        if (its !== null) {
          const pixels = await pixelsOf(its.picture, its.size)
          to.postMessage({ kind: 'photograph', pixels } satisfies SmartBrushRequest, [pixels.data.buffer])
        }
        to.postMessage(request)
      })
      .catch(fail)
  }

  function forget(): void {
    growing = null
    shown = 0
    preview(null)
  }

  return {
    show(next, its) {
      picture = next
      size = its
      isGiven = false
      forget()
    },
    begin(point, tolerance, color) {
      const at = { x: Math.floor(point.x), y: Math.floor(point.y) }
      if (picture === null || at.x < 0 || at.y < 0 || at.x >= size.width || at.y >= size.height) return
      last += 1
      shown = last
      growing = { id: last, growth: { at, tolerance: within(tolerance) }, color }
      ask()
    },
    change(tolerance) {
      if (growing === null) return
      growing = { ...growing, growth: { ...growing.growth, tolerance: within(tolerance) } }
      ask()
    },
    take(defectType) {
      const done = growing
      growing = null
      if (done === null) return Promise.resolve(null)
      return new Promise((take, fail) => {
        taken.set(done.id, { take, fail })
        send({ kind: 'shape', id: done.id, growth: done.growth, defectType })
      })
    },
    drop: forget,
    destroy() {
      forget()
      worker?.terminate()
      worker = null
      for (const { take } of taken.values()) take(null)
      taken.clear()
    },
  }
}

function contextOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('There is no canvas to draw on.')
  return context
}

/** All pixels of a photograph, read some rows at a time. */
async function pixelsOf(picture: CanvasImageSource, { width, height }: Size): Promise<Pixels> {
  const data = new Uint8ClampedArray(width * height * 4)
  const rows = Math.max(1, Math.min(height, Math.floor(readAtOnce / width)))
  const context = contextOf(width, rows)
  for (let y = 0; y < height; y += rows) {
    if (y > 0) await new Promise((goOn) => setTimeout(goOn))
    const count = Math.min(rows, height - y)
    context.clearRect(0, 0, width, rows)
    context.drawImage(picture, 0, -y, width, height)
    data.set(context.getImageData(0, 0, width, count).data, y * width * 4)
  }
  return { width, height, data }
}

function canvasOf({ width, height, data }: Pixels): HTMLCanvasElement {
  const context = contextOf(width, height)
  context.putImageData(new ImageData(data, width, height), 0, 0)
  return context.canvas
}
