import type { Shape } from '../../../shared/label.ts'

/**
 * Whether the shapes mean the same to a tool that ignores their order and knows only polygons without holes and
 * rectangles: nothing was painted, erased or cut out, and there is only one defect type, so that it does not matter which shape covers which.
 */
export const isVector = (shapes: readonly Shape[]): boolean =>
  shapes.every(
    (shape) => (shape.kind === 'polygon' && shape.holes === undefined) || shape.kind === 'rectangle',
  ) && new Set(shapes.map(({ defectType }) => defectType)).size <= 1
