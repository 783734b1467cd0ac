/** A system that trains only a generator and a critic. What differs between such systems is passed in. */

import type { LearningParameters } from '../../model/parameters.ts'
import type { ScoreOptions } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import { type NetworkConfig, type Networks, networksOf } from '../networks/blocks.ts'
import { createWeights, type Weights } from '../networks/weights.ts'
import type { ScorerRequest, TileScorer } from '../scoring/tile-scorer.ts'
import { tf } from '../tensorflow.ts'
import type { TrainingConfig } from '../training/config.ts'
import { type AdversarialConfig, adversarialStage, type Objective } from './adversarial-stage.ts'
import { defineSystem } from './define-system.ts'
import type { System } from './system.ts'

/** G and D of one run. */
export type GanWeights = { generator: Weights; critic: Weights }

type GanConfig = AdversarialConfig &
  TrainingConfig &
  Pick<ScoreOptions, 'reduction'> & { score: ScoreOptions['kind'] } & Record<string, unknown>

export interface GanSystem<C extends GanConfig> {
  model: string
  schema: { parse(config: unknown): C }
  networks(config: C): NetworkConfig
  objective(config: C): Objective
  createScorer(
    config: C,
    networks: Networks,
    weights: GanWeights,
    batch: number,
    request: ScorerRequest,
  ): TileScorer
  /** Settings that the score depends on besides the networks. */
  scoring?(config: C): Pick<ScoreOptions, 'featureShare'>
  /** What can be learned besides the networks; only for a system that restores images. */
  learning?(config: C): LearningParameters
}

/** Fresh weights; every weight exists after this. The same random state always gives the same weights. */
export function createGanWeights(networks: Networks, random: Random): GanWeights {
  const weights: GanWeights = {
    generator: createWeights('generator', random.fork('generator')),
    critic: createWeights('critic', random.fork('critic')),
  }
  const measured = { from: 'measured' } as const
  tf.tidy(() => {
    const image = networks.generator(weights.generator, tf.zeros([1, networks.shape.latent]), measured)
    networks.critic(weights.critic, image, measured)
  })
  return weights
}

export const ganSystem = <C extends GanConfig>(system: GanSystem<C>): System => {
  const networksFor = (config: C): Networks => networksOf(system.networks(config))
  return defineSystem<C, GanWeights>({
    model: system.model,
    schema: system.schema,
    scoring: (config) => ({
      kind: config.score,
      k: 1,
      reduction: config.reduction,
      latent: config.latent,
      ...system.scoring?.(config),
    }),
    ...(system.learning && { learning: system.learning }),
    stages: (config) => [adversarialStage(config, networksFor(config), system.objective(config))],
    createWeights: (config, random) => createGanWeights(networksFor(config), random),
    createScorer: (config, weights, batch, request) =>
      system.createScorer(config, networksFor(config), weights, batch, request),
  })
}
