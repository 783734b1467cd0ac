/** Training and loading of a system. They are the same for every system, once it is defined by its parts. */
import { Failure } from '../../../shared/failure.ts'
import type { LearningParameters } from '../../model/parameters.ts'
import type { ScoreOptions } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import { sightOfModel } from '../learned/feature-sight.ts'
import { learnedOfModel, requestOf, withLearned } from '../learned/with-learned.ts'
import { loadWeights } from '../networks/stored-weights.ts'
import { nothingDrawn, type Weights } from '../networks/weights.ts'
import { owningWeights, type ScorerRequest, seeing, type TileScorer } from '../scoring/tile-scorer.ts'
import { withChosenScale } from '../training/choose-scale.ts'
import type { TrainingConfig } from '../training/config.ts'
import type { StageDefinition } from '../training/stage.ts'
import { runTraining } from '../training/training.ts'
import type { System } from './system.ts'

type StoredConfig = TrainingConfig & Record<string, unknown>

/** The parts that define a system with the configuration C and the networks W. */
export interface SystemDefinition<C extends StoredConfig, W extends Record<string, Weights>> {
  /** Its name, which is also that of its stream of random numbers. */
  model: string
  schema: { parse(config: unknown): C }
  scoring(config: C): Omit<ScoreOptions, 'expectedCriticValue'>
  /** What can be learned besides the networks; only for a system that restores images. */
  learning?(config: C): LearningParameters
  stages(config: C): readonly StageDefinition<W>[]
  /** Fresh weights; every weight exists after this. The same random state always gives the same weights. */
  createWeights(config: C, random: Random): W
  /** Compiles scoring for batches of at most `batch` tiles, with the weights as constants. */
  createScorer(config: C, weights: W, batch: number, request: ScorerRequest): TileScorer
}

export function defineSystem<C extends StoredConfig, W extends Record<string, Weights>>(
  system: SystemDefinition<C, W>,
): System {
  const { model, schema, scoring, createWeights, createScorer } = system
  /** What was stored before there was a choice is resized as it was then. */
  const parse = (stored: Record<string, unknown>): C => schema.parse({ resizing: 'libvips', ...stored })
  const learningOf = (config: C): LearningParameters | null => system.learning?.(config) ?? null
  return {
    async train(context) {
      const { config: chosen, choice } = await withChosenScale(context)
      const config = parse(chosen)
      const result = await runTraining<W>(context, {
        model,
        config,
        scoring: scoring(config),
        learning: learningOf(config),
        stages: system.stages(config),
        createWeights: (random) => createWeights(config, random),
        createScorer: (weights, batch, request) => createScorer(config, weights, batch, request),
      })
      return { ...result, featureScale: choice }
    },
    load({ tensors, description }, batch) {
      const config = parse(description.config)
      const weights = createWeights(config, nothingDrawn)
      const sets = Object.values(weights)
      loadWeights(tensors, ...sets)
      const learned = learnedOfModel(tensors, learningOf(config))
      const ofTiles = owningWeights(createScorer(config, weights, batch, requestOf(learned)), ...sets)
      const sight = config.input === 'features' ? sightOfModel(tensors, config) : null
      if (config.input === 'features' && sight === null)
        throw new Failure('model-mismatch', { name: 'features' })
      const { expectedCriticValue, parts } = description
      return {
        scorer: withLearned(sight === null ? ofTiles : seeing(ofTiles, sight), learned),
        mode: config,
        overlap: config.overlap,
        options: { ...scoring(config), expectedCriticValue, parts },
      }
    },
    explain({ tensors, description }) {
      const config = parse(description.config)
      for (const learned of learnedOfModel(tensors, learningOf(config)).values()) {
        const explainer = learned.explainer?.() ?? null
        if (explainer)
          return { mode: { ...config, regionOfInterest: description.regionOfInterest }, explainer }
      }
      return null
    },
  }
}
