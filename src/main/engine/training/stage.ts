/** The parts that a system gives to a training: its networks, its stages in their order, and its scorer. */

import type { Message } from '../../../shared/messages/message.ts'
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import type { ScoreOptions } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import type { TrainingBatches } from '../data/training-batches.ts'
import type { Program } from '../graph/compile.ts'
import type { Weights } from '../networks/weights.ts'
import type { ScorerRequest, TileScorer } from '../scoring/tile-scorer.ts'
import type { Variable } from '../tensorflow.ts'
import type { TrainingConfig } from './config.ts'
import type { ValidationTiles } from './validation-tiles.ts'

/** What a stage is given. */
export interface StageTools {
  /** The stream of training batches; checkpoints store its position. */
  readonly batches: TrainingBatches
  /** The stream of random numbers; checkpoints store its position. */
  readonly noise: Random
  /** A random generator for one purpose, independent of the stream: it gives the same numbers each time. */
  random(purpose: string): Random
  /** Training batches for one purpose, independent of the stream: the same ones each time. */
  batchesFor(purpose: string): TrainingBatches
  /** Normal validation images in full batches. */
  validation(): Promise<ValidationTiles>
  /** The upper left tile (or the whole) of each of the first training images: [count, size, size, channels]. */
  firstTiles(count: number): Promise<Float32Array>
  /** Writes a sheet of pictures [count, size, size, channels] and reports it. */
  preview(name: string, pictures: Float32Array, columns: number): Promise<void>
  log(level: 'info' | 'warn', message: string): void
}

/** Losses of a step by name; the first value of each counts. */
export type Losses = Readonly<Record<string, Float32Array | undefined>>

/** The compiled steps of one stage, ready to run. */
export interface Stage {
  readonly program: Pick<Program, 'notice' | 'readVariables' | 'writeVariables'>
  readonly variables: Readonly<Record<string, Variable>>
  /** One step at a learning rate, after `done` others. */
  step(rate: number, done: number): Promise<Losses>
  /** A problem of the networks that no loss shows, as a message of the topic `reason`; null where there is none. */
  watch?(): Message | null
  /**
   * The number by which the best weights are chosen (the lowest is best), and the variables that are kept with them.
   */
  readonly choice?: { measure(): Promise<number>; variables: readonly string[] }
  preview(): Promise<void>
  /** The weights that the stage leaves behind. `best` are the chosen ones, where there is a choice. */
  end(best: TensorMap): Promise<TensorMap>
  dispose(): void
}

/** The facts about a stage that progress is computed from. */
export interface StageOutline {
  /** Its name in curves, progress and checkpoints. */
  readonly phase: string
  readonly steps: number
  /** The cost of a step, in a unit that is the same for all stages of the system. */
  readonly cost: number
}

export interface StageDefinition<W> extends StageOutline {
  readonly learningRate: number
  /** Whether the rate falls to a tenth along half a cosine. */
  readonly decay: boolean
  /**
   * How many steps lie between two measurements, how many measurements without a better one end the stage, and how
   * the images that are measured are called in reports.
   */
  readonly choosing?: { every: number; patience: number; criterion: (images: string) => string }
  /** Weights from earlier stages that this one reads. */
  given(weights: W): Weights[]
  /** Weights that this stage leaves behind. */
  makes(weights: W): Weights[]
  open(weights: W, tools: StageTools): Stage
}

export interface TrainingDefinition<W extends Record<string, Weights> = Record<string, Weights>> {
  readonly model: string
  /** The complete configuration, which is stored with the model. */
  readonly config: TrainingConfig & Record<string, unknown>
  readonly scoring: Omit<ScoreOptions, 'expectedCriticValue'>
  /**
   * What is learned from good parts besides the networks, each for a component of its own; null where the system can
   * learn nothing more.
   */
  readonly learning: LearningParameters | null
  readonly stages: readonly StageDefinition<W>[]
  /** Fresh weights; every weight exists after this. The same random state always gives the same weights. */
  createWeights(random: Random): W
  /** Compiles scoring for batches of at most `batch` tiles, with the weights as constants. */
  createScorer(weights: W, batch: number, request: ScorerRequest): TileScorer
}
