/** What the heat map of a run shows: its words are `review.legend.<kind>`. */
import type { Run } from '../../../shared/domain.ts'

export type MapKind = 'residual' | 'texture'

/** |x - G(E(x))|, unless the run draws the distance of the texture from good parts. */
export const mapKindOf = (run: Pick<Run, 'config'> | null): MapKind =>
  run?.config.map === 'texture' ? 'texture' : 'residual'
