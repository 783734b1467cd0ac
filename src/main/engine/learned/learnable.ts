/**
 * The interface of everything that a model learns from good parts besides its networks: its name, what it learns
 * from, how the model file stores it, and what it adds to a scorer. To add another one, write a file with a
 * `Learnable` and a line in `registry.ts`.
 */
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { isMadeOf, type LearnedComponent } from '../../model/scores.ts'
import type { Random } from '../../platform/random.ts'
import type {
  GraphComponent,
  PhotographMeasure,
  ScorerRequest,
  SeenPhotograph,
} from '../scoring/tile-scorer.ts'
import type { HeldOut } from './held-out.ts'

/** Outputs that the graph can be asked for, by code that learns from them or measures with them. */
export type GraphOutputs = Partial<Pick<ScorerRequest, 'codes' | 'early'>>

/** The graph's outputs for one good training tile. The arrays belong to the receiver, which may keep them. */
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

/** Computes a component of one tile from the outputs of the graph. */
export type TileMeasure = (tile: { map: Float32Array; code: Float32Array | null }) => {
  value: number
  /** The anomaly map of the tile that replaces |x - G(E(x))|: [size, size]; null where that one is kept. */
  map: Float32Array | null
}

/** A place of a photograph, x and y as shares of its width and height. */
export interface Place {
  x: number
  y: number
}

/** Which cell of a good photograph a place is most like. */
export interface GoodPlace extends Place {
  /** The number of the photograph in the run's list of training photographs. */
  photograph: number
  /** As that of `ExplainedPlace`. */
  distance: number
}

/** What a place of a photograph was compared with. */
export interface ExplainedPlace extends Place {
  /** How much of the photograph around x, y was compared, as shares of its width and height. */
  width: number
  height: number
  /** How far it is from the nearest good place: 1 is usual on good parts. */
  distance: number
  /** Good places, the nearest first, each of another photograph. */
  nearest: GoodPlace[]
}

/** Says for places of a photograph which good ones they were compared with. */
export interface Explainer {
  explain(seen: SeenPhotograph, places: readonly Place[]): ExplainedPlace[]
  dispose(): void
}

/** What was learned. It adds one component, which is computed in the graph, for each tile, or for each photograph. */
export interface Learned {
  /** As the model file holds it. */
  readonly tensors: TensorMap
  /** The outputs of the graph that the component is measured from. */
  readonly asks?: GraphOutputs
  readonly inGraph?: GraphComponent['compute']
  ofTile?(size: number): TileMeasure
  ofPhotograph?(): PhotographMeasure
  /** What its photographs have by what was learned of the others, where there are few; it is not part of the model. */
  readonly heldOut?: readonly HeldOut[]
  /** Null where the model did not keep what is needed for it. */
  explainer?(): Explainer | null
}

/** Learns from random good training tiles, cut as for scoring. All of these learnables get the same tiles. */
export interface LearnsFromTiles {
  readonly from: 'tiles'
  /** The outputs of the graph that are needed while learning. */
  readonly asks: GraphOutputs
  gather(parameters: LearningParameters): {
    add(tile: TrainingTile): void
    /** Null where there was nothing to learn from. */
    finish(): Learned | null
  }
}

/** Learns from good training photographs and, where the system restores images, their reconstructions. */
export interface LearnsFromPhotographs {
  readonly from: 'photographs'
  /** How many photographs are used, at most. */
  readonly most: number
  gather(
    photographs: number,
    random: Random,
    parameters: LearningParameters,
    /** Of the configuration's backbone, as its package names them; null where there is none. */
    backbone: TensorMap | null,
  ): {
    /** @param photograph its number in the run's list of training photographs */
    add(seen: SeenPhotograph, photograph: number): void
    finish(): Learned
  }
}

export interface Learnable {
  /** The parameter that asks for it; what it adds is stored under `storedNames`. */
  readonly name: LearnedComponent
  readonly learning: LearnsFromTiles | LearnsFromPhotographs
  /** Reads it from the tensors of a model file; null where it has none. */
  ofModel(tensors: TensorMap, parameters: LearningParameters): Learned | null
}

/** Whether a run learns this component: it was asked for, or the run's score or map is made from it. */
export const isLearned = ({ name }: Learnable, parameters: LearningParameters): boolean =>
  parameters[name] || isMadeOf(parameters.score, name) || parameters.map === name
