import type { Shape } from '../../../shared/label.ts'

/**
 * Whether the shapes say the same to a tool that adds up polygons and rectangles without an order: nothing was
 * painted or taken away, and only one kind is there, so that it does not matter which one covers which.
 */
export const isVector = (shapes: readonly Shape[]): boolean =>
  shapes.every(({ kind }) => kind === 'polygon' || kind === 'rectangle') &&
  new Set(shapes.map(({ defectType }) => defectType)).size <= 1
