/** How the stored components of a run become one score. */

import { z } from 'zod'
import type { Run } from '../../../shared/run.ts'
import { reductions, type ScoreKind, type ScoreOptions, scoreKinds } from '../../model/scores.ts'

const configSchema = z.object({
  score: z.enum(scoreKinds.map((kind) => kind.name)).default('izif'),
  k: z.number().default(1),
  reduction: z.enum(reductions).default('max'),
  latent: z.number().default(1),
  featureShare: z.number().optional(),
})

/** How the components of a run become a score; `kind` null for the one that it was trained with. */
export function scoreOptionsOf(run: Run, kind: ScoreKind | null): ScoreOptions {
  const config = configSchema.parse(run.config)
  return {
    kind: kind ?? config.score,
    k: config.k,
    reduction: config.reduction,
    latent: config.latent,
    expectedCriticValue: run.calibration?.expectedCriticValue ?? 0,
    parts: run.calibration?.parts,
    ...(config.featureShare === undefined ? {} : { featureShare: config.featureShare }),
  }
}
