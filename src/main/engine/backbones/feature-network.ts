import type { Pixels } from '../data/geometry.ts'
import type { StepGraph } from '../graph/program-graph.ts'
import type { Centering } from './centered-cells.ts'

/** Features as a network gives them, and averaged over 3x3 cells: [rows, columns, channels] each. */
export interface NetworkFeatures {
  plain: Float32Array
  averaged: Float32Array
}

/** A network alone: features of each place, for a picture of any size, as its padding gives them. */
export interface FeatureNetwork {
  readonly channels: number
  readonly centering: Centering
  /** From `x`, [1, height, width, 3] in [-1, 1], to `plain` and `averaged`: what `run` computes, as a graph. */
  graph(): StepGraph | null
  /** @param picture of which both sides are whole multiples of `centering.multiple` */
  run(picture: Pixels): NetworkFeatures
  /** The same of several pictures at once, which keeps more cores busy; left out where they have to be run one by one. */
  runEach?(pictures: readonly Pixels[]): NetworkFeatures[]
  dispose(): void
}
