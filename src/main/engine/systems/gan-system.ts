/** A system that trains a generator against a critic and nothing else: what differs is passed in. */

import type { ScoreOptions } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import { type NetworkConfig, type Networks, networksOf } from '../networks/blocks.ts'
import { loadWeights } from '../networks/stored-weights.ts'
import { createWeights, nothingDrawn, type Weights } from '../networks/weights.ts'
import {
  type LearningParameters,
  learnedOfModel,
  nothingElse,
  owningWeights,
  requestOf,
  type ScorerRequest,
  type TileScorer,
  withLearned,
} from '../scoring/tile-scorer.ts'
import { tf } from '../tensorflow.ts'
import type { TrainingConfig } from '../training/config.ts'
import { runTraining } from '../training/training.ts'
import { type AdversarialConfig, adversarialStage, type Objective } from './adversarial-stage.ts'
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
  /** What else the score depends on. */
  scoring?(config: C): Pick<ScoreOptions, 'featureShare'>
  /** What is to be learned beside the networks, where images are restored. */
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

export function ganSystem<C extends GanConfig>(system: GanSystem<C>): System {
  const networksFor = (config: C): Networks => networksOf(system.networks(config))
  const scoringOf = (config: C): Omit<ScoreOptions, 'expectedCriticValue'> => ({
    kind: config.score,
    k: 1,
    reduction: config.reduction,
    latent: config.latent,
    ...system.scoring?.(config),
  })
  return {
    async train(context) {
      const config = system.schema.parse(context.task.config)
      const networks = networksFor(config)
      return runTraining<GanWeights>(context, {
        model: system.model,
        config,
        scoring: scoringOf(config),
        ...(system.learning && { learning: system.learning(config) }),
        stages: [adversarialStage(config, networks, system.objective(config))],
        createWeights: (random) => createGanWeights(networks, random),
        createScorer: (weights, batch, request) =>
          system.createScorer(config, networks, weights, batch, request),
      })
    },
    load({ tensors, description }, batch) {
      const config = system.schema.parse(description.config)
      const networks = networksFor(config)
      const weights = createGanWeights(networks, nothingDrawn)
      loadWeights(tensors, weights.generator, weights.critic)
      const parameters = system.learning?.(config)
      const learned = parameters && learnedOfModel(tensors, parameters)
      const request = learned ? requestOf(learned) : nothingElse
      const ofTiles = owningWeights(
        system.createScorer(config, networks, weights, batch, request),
        weights.generator,
        weights.critic,
      )
      const scorer = parameters && learned ? withLearned(ofTiles, learned, parameters) : ofTiles
      const { expectedCriticValue } = description
      return {
        scorer,
        mode: config,
        overlap: config.overlap,
        options: { ...scoringOf(config), expectedCriticValue },
      }
    },
  }
}
