import type { Shape } from '../../../shared/label.ts'

/**
 * Whether the shapes mean the same to a tool that ignores their order and knows only polygons and rectangles: nothing
 * was painted or erased, and there is only one defect type, so that it does not matter which shape covers which.
 */
export const isVector = (shapes: readonly Shape[]): boolean =>
  shapes.every(({ kind }) => kind === 'polygon' || kind === 'rectangle') &&
  new Set(shapes.map(({ defectType }) => defectType)).size <= 1
