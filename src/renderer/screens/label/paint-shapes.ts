/** Shapes as colors on a canvas of the photograph's size, each covering those before it. */
import { ignoredType, type Shape } from '../../../shared/label.ts'
import { eachRun } from '../../../shared/region-shape.ts'
import { eachPoint, pointAt } from '../../stage/points.ts'
import { ringsOf } from './shape-geometry.ts'

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

export type ColorOf = (defectType: string) => string

/** What is to be ignored is hatched: stripes that are seen on light and on dark photographs. @param period in pixels */
export function hatching(period: number): CanvasPattern | null {
  const tile = document.createElement('canvas')
  tile.width = period
  tile.height = period
  const context = tile.getContext('2d')
  if (context === null) return null
  context.fillStyle = '#16191d'
  context.fillRect(0, 0, period, period)
  context.strokeStyle = '#e8ecf0'
  context.lineWidth = period / 3
  for (const shift of [-period, 0, period]) {
    context.moveTo(shift - 1, period + 1)
    context.lineTo(shift + period + 1, -1)
  }
  context.stroke()
  return context.createPattern(tile, 'repeat')
}

/** The looks of shapes: a color for each defect type, and a hatching for what is to be ignored. */
export interface Looks {
  colorOf: ColorOf
  hatch: CanvasPattern | null
}

export function paintShape(context: Context, shape: Shape, { colorOf, hatch }: Looks): void {
  context.save()
  if (shape.defectType === null) context.globalCompositeOperation = 'destination-out'
  const isHatched = shape.defectType === ignoredType && hatch !== null
  const color = isHatched ? hatch : shape.defectType === null ? '#000' : colorOf(shape.defectType)
  context.fillStyle = color
  context.strokeStyle = color
  switch (shape.kind) {
    case 'polygon':
      context.beginPath()
      for (const ring of ringsOf(shape)) {
        addPoints(context, ring)
        context.closePath()
      }
      context.fill('evenodd')
      break
    case 'rectangle':
      context.fillRect(shape.x, shape.y, shape.width, shape.height)
      break
    case 'stroke':
      traceStroke(context, shape.points, shape.size)
      break
    case 'region':
      context.beginPath()
      eachRun(shape, (y, from, to) => context.rect(from, y, to - from, 1))
      context.fill()
  }
  context.restore()
}

/** What draws lines: the context of a canvas, or konva's, which has the same methods. */
interface LinePen {
  beginPath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
}

export function tracePoints(pen: LinePen, points: readonly number[]): void {
  pen.beginPath()
  addPoints(pen, points)
}

function addPoints(pen: LinePen, points: readonly number[]): void {
  eachPoint(points, (x, y, place) => {
    if (place === 0) pen.moveTo(x, y)
    else pen.lineTo(x, y)
  })
}

function traceStroke(context: Context, points: readonly number[], size: number): void {
  if (points.length === 2) {
    const { x, y } = pointAt(points, 0)
    context.beginPath()
    context.arc(x, y, size / 2, 0, 2 * Math.PI)
    context.fill()
    return
  }
  context.lineWidth = size
  context.lineCap = 'round'
  context.lineJoin = 'round'
  tracePoints(context, points)
  context.stroke()
}
