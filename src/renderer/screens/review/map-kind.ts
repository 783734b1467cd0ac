/** What the heat map of a run shows. `review.legend.<kind>` in the locale files has the words. */
import type { Run } from '../../../shared/run.ts'

const kinds = ['residual', 'relative', 'texture', 'memory'] as const
export type MapKind = (typeof kinds)[number]

/**
 * |x - G(E(x))|, unless the run draws the residual over what is expected, or the distance of the texture or of
 * features. A system that restores no image has no choice of maps.
 */
export function mapKindOf(run: Pick<Run, 'config'> | null): MapKind {
  const { map, score, backbone = 'none' } = run?.config ?? {}
  if (map === undefined && backbone !== 'none' && score === 'memory') return 'memory'
  return kinds.find((kind) => kind === map) ?? 'residual'
}
