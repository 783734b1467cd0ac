/** What the heat map of a run shows. `review.legend.<kind>` in the locale files has the words. */
import type { Run } from '../../../shared/run.ts'

const kinds = ['residual', 'relative', 'texture'] as const
export type MapKind = (typeof kinds)[number]

/** |x - G(E(x))|, unless the run draws the residual over what is expected, or the distance of the texture. */
export const mapKindOf = (run: Pick<Run, 'config'> | null): MapKind =>
  kinds.find((kind) => kind === run?.config.map) ?? 'residual'
