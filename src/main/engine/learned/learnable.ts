/**
 * The one interface of what a model learns of good parts besides its networks: what it is called, what it learns
 * from, how the model file holds it, and what it adds to a scorer. A further one is a file with a `Learnable`, and a
 * line in `registry.ts`.
 */
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import type { LearnedComponent } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import type { Pixels } from '../data/geometry.ts'
import type { GraphComponent, PhotographMeasure, ScorerRequest } from '../scoring/tile-scorer.ts'

/** What the graph can be asked to give, for whoever learns from it or measures by it. */
export type GraphOutputs = Partial<Pick<ScorerRequest, 'codes' | 'early'>>

/** What the graph gave of one good training tile; the values are the gathering's own. */
export interface TrainingTile {
  /** Its side, in pixels. */
  size: number
  /** |x - y|: [size, size]. */
  map: Float32Array
  /** [latent], where codes were asked for. */
  code: Float32Array | null
  /** f(x) - f(y), where early features were asked for. */
  early: Float32Array | null
}

/** A component of one tile, from what its graph gave. */
export type TileMeasure = (tile: { map: Float32Array; code: Float32Array | null }) => {
  value: number
  /** The tile's anomaly map in place of |x - G(E(x))|: [size, size]; null where that one stays. */
  map: Float32Array | null
}

/** What was learned. It adds one component: in the graph, for each tile, or for each photograph. */
export interface Learned {
  /** As the model file holds it. */
  readonly tensors: TensorMap
  /** What the graph has to give so that the component can be measured. */
  readonly asks?: GraphOutputs
  readonly inGraph?: GraphComponent['compute']
  ofTile?(size: number): TileMeasure
  ofPhotograph?(): PhotographMeasure
}

/** From random good training tiles, as they are scored: all such learnables see the same ones. */
export interface LearnsFromTiles {
  readonly from: 'tiles'
  /** What the graph has to give meanwhile. */
  readonly asks: GraphOutputs
  gather(parameters: LearningParameters): {
    add(tile: TrainingTile): void
    /** Null where there was nothing to learn from. */
    finish(): Learned | null
  }
}

/** From good training photographs beside their reconstructions. */
export interface LearnsFromPhotographs {
  readonly from: 'photographs'
  /** Photographs that are looked at, at most. */
  readonly most: number
  gather(
    photographs: number,
    random: Random,
    parameters: LearningParameters,
  ): {
    add(photograph: Pixels, reconstruction: Pixels, inside: Uint8Array | null): void
    finish(): Learned
  }
}

export interface Learnable {
  /** The component that it adds, and the parameter that asks for it. */
  readonly name: LearnedComponent
  readonly learning: LearnsFromTiles | LearnsFromPhotographs
  /** From the tensors of a model file; null where it has none. */
  ofModel(tensors: TensorMap, parameters: LearningParameters): Learned | null
}

/** A run whose score or map is made from a component needs what it is learned from, asked for or not. */
export const isLearned = ({ name }: Learnable, parameters: LearningParameters): boolean =>
  parameters[name] || parameters.score === name || parameters.map === name
