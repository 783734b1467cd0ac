/** Turns shapes with their photograph, where they were drawn on it as the camera stored it. */
import { type Orientation, type Size, turnedPixels, turnedPoint } from '../../images/orientation.ts'
import { type DrawnShape, pointAt } from './conform.ts'

/** @param stored the size of the photograph in its file */
export const turnShapes = (
  drawn: readonly DrawnShape[],
  stored: Size,
  orientation: Orientation,
): DrawnShape[] => drawn.map((shape) => turnedShape(shape, stored, orientation))

function turnedShape(shape: DrawnShape, stored: Size, orientation: Orientation): DrawnShape {
  const { defectType } = shape
  const turn = (x: number, y: number) => turnedPoint({ x, y }, stored, orientation)
  switch (shape.kind) {
    case 'polygon': {
      const points: number[] = []
      for (let i = 0; i < shape.points.length / 2; i += 1) {
        const { x, y } = turn(...pointAt(shape.points, i))
        points.push(x, y)
      }
      return { kind: 'polygon', defectType, points }
    }
    case 'circle':
      return { ...shape, ...turn(shape.x, shape.y) }
    case 'rectangle':
      return { kind: 'rectangle', defectType, ...turnedBox(shape, turn) }
    case 'pixels': {
      const data = turnedPixels(shape.data, shape, orientation)
      return { kind: 'pixels', defectType, ...turnedBox(shape, turn), data }
    }
    // Runs are along rows or columns of the picture as it was; nothing that is turned has them.
    case 'rows':
    case 'columns':
      return shape
  }
}

function turnedBox(
  { x, y, width, height }: { x: number; y: number } & Size,
  turn: (x: number, y: number) => { x: number; y: number },
): { x: number; y: number } & Size {
  const a = turn(x, y)
  const b = turn(x + width, y + height)
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  }
}
