/** Shapes as colors on a canvas of the photograph's size, each covering those before it. */
import type { Shape } from '../../../shared/label.ts'
import { eachRun } from '../../../shared/region-shape.ts'
import { eachPoint, pointAt } from '../../stage/points.ts'

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

export type ColorOf = (defectType: string) => string

export function paintShape(context: Context, shape: Shape, colorOf: ColorOf): void {
  context.save()
  if (shape.defectType === null) context.globalCompositeOperation = 'destination-out'
  const color = shape.defectType === null ? '#000' : colorOf(shape.defectType)
  context.fillStyle = color
  context.strokeStyle = color
  switch (shape.kind) {
    case 'polygon':
      tracePoints(context, shape.points)
      context.closePath()
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
