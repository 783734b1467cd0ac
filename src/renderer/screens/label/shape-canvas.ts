/**
 * Finished shapes as colors on one canvas of the photograph's size, so that zooming and moving cost the same however
 * many there are. Shapes that were only added are painted onto what is there.
 */
import type { Shape } from '../../../shared/label.ts'
import type { Size } from '../../stage/view.ts'
import { type ColorOf, hatching, paintShape } from './paint-shapes.ts'

/** The side of the largest canvas; the shapes of a larger photograph are painted smaller. */
const largestSide = 4096

export interface ShapeCanvas {
  readonly canvas: HTMLCanvasElement
  /** Begins anew for a photograph of this size. */
  resize(photograph: Size): void
  /** The colors have changed: everything must be painted again. */
  forget(): void
  /** @param leftOut the place of a shape that is shown elsewhere while it is changed */
  paint(shapes: readonly Shape[], leftOut: number | null, colorOf: ColorOf): void
}

export function createShapeCanvas(): ShapeCanvas {
  const canvas = document.createElement('canvas')
  let photograph: Size = { width: 1, height: 1 }
  let scale = 1
  let hatch: CanvasPattern | null = null
  /** The shapes on the canvas; null where they are not known, and all are to be painted again. */
  let painted: readonly Shape[] | null = null

  return {
    canvas,
    resize(size) {
      photograph = size
      scale = Math.min(1, largestSide / Math.max(size.width, size.height))
      canvas.width = Math.ceil(size.width * scale)
      canvas.height = Math.ceil(size.height * scale)
      // About as wide on the screen for photographs of any size.
      hatch = hatching(Math.max(6, Math.round(Math.max(size.width, size.height) / 64)))
      painted = null
    },
    forget() {
      painted = null
    },
    paint(shapes, leftOut, colorOf) {
      const context = canvas.getContext('2d')
      if (context === null) return
      const before = painted
      const isAdded =
        before !== null &&
        leftOut === null &&
        before.length <= shapes.length &&
        before.every((shape, i) => shape === shapes[i])
      context.setTransform(scale, 0, 0, scale, 0, 0)
      if (!isAdded) context.clearRect(0, 0, photograph.width, photograph.height)
      for (const [i, shape] of shapes.entries()) {
        if (i === leftOut || (isAdded && i < before.length)) continue
        paintShape(context, shape, { colorOf, hatch })
      }
      painted = leftOut === null ? shapes : null
    },
  }
}
