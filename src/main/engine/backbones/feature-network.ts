import type { Pixels } from '../data/geometry.ts'
import type { StepGraph } from '../graph/program-graph.ts'
import type { Centering } from './centered-cells.ts'

/** A network alone: features of each place, for a picture of any size, as its padding gives them. */
export interface FeatureNetwork {
  readonly channels: number
  readonly centering: Centering
  /** From `x`, [1, height, width, 3] in [-1, 1], to `plain` and `averaged`: what `run` computes, as a graph. */
  graph(): StepGraph | null
  /** @param picture of which both sides are whole multiples of `centering.multiple` */
  run(picture: Pixels): { plain: Float32Array; averaged: Float32Array }
  dispose(): void
}
