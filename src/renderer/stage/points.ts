/** Points, and lists of them as they are stored: x, y, x, y and so on. */
import { elementAt } from '../../shared/element-at.ts'

export interface Point {
  x: number
  y: number
}

/** Calls `visit` for each point of a list, in its order. */
export function eachPoint(
  points: readonly number[],
  visit: (x: number, y: number, place: number) => void,
): void {
  if (points.length % 2 !== 0) throw new RangeError(`${points.length} numbers are no pairs of x and y.`)
  for (let i = 0; i < points.length; i += 2) visit(elementAt(points, i), elementAt(points, i + 1), i / 2)
}

export const pointAt = (points: readonly number[], place: number): Point => ({
  x: elementAt(points, place * 2),
  y: elementAt(points, place * 2 + 1),
})

export const flatPoints = (points: readonly Point[]): number[] => points.flatMap(({ x, y }) => [x, y])
