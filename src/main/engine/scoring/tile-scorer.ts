/** What scores tiles, and what scoring asks of a system's graph besides the system's own components. */
import type { Pixels } from '../data/geometry.ts'
import { disposeWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import type { Tensor } from '../tensorflow.ts'

/** A component that the graph computes behind those of its system. */
export interface GraphComponent {
  readonly name: string
  /** From features of x and of y after the critic's second halving, [N, H, W, features] each: [N]. */
  compute(x: Tensor, y: Tensor): Tensor
}

/** What is asked of a system's graph besides its own components. */
export interface ScorerRequest {
  readonly components: readonly GraphComponent[]
  /** Codes of the tiles. */
  readonly codes: boolean
  /** f(x) - f(y) of the critic after its second halving. */
  readonly early: boolean
}

export const nothingElse: ScorerRequest = { components: [], codes: false, early: false }

/** What a graph gives of tiles where the system restores an image. */
export interface TilePictures {
  /** |x - y|: [batch, size, size]. */
  map: Float32Array
  /** As the tiles. */
  reconstruction: Float32Array
  /** [batch, latent], where codes were asked for. */
  codes?: Float32Array
  /** [batch, height, width, features], where early features were asked for. */
  early?: Float32Array
}

/** A component of the whole photograph, measured once its tiles are put together again. */
export interface PhotographMeasure {
  /** @param inside which pixels count; null where all do */
  measure(
    photograph: Pixels,
    reconstruction: Pixels,
    inside: Uint8Array | null,
  ): {
    value: number
    /** The anomaly map of that size in place of |x - G(E(x))|; null where that one stays. */
    map: ((width: number, height: number) => Pixels) | null
  }
  dispose(): void
}

/** What scores tiles: a system's networks, compiled for one size of batch. */
export interface TileScorer {
  readonly size: number
  readonly channels: number
  readonly batch: number
  /** What is stored of each tile; behind the tile's own stand those of the whole photograph. */
  readonly componentNames: string[]
  /** What gives the components of the whole photograph, in their order. */
  readonly ofPhotograph?: readonly PhotographMeasure[]
  /** Steps of a search for each tile, where scoring is one. */
  readonly searchSteps?: number
  /** What the graph alone gives, where something is computed besides it for each tile. */
  readonly graph?: TileScorer
  /**
   * @param tiles [batch, size, size, channels] in [-1, 1]
   * @param inside [batch, size, size]: 1 where a pixel counts; null, or left out, where all do
   * @returns components [batch, `tileComponentsOf`], and pictures where the system restores an image
   */
  score(
    tiles: Float32Array,
    inside?: Uint8Array | null,
  ): { components: Float32Array; pictures: TilePictures | null }
  /** D(x) of each tile: [batch, size, size, channels] -> [batch]. */
  discriminate(tiles: Float32Array): Float32Array
  dispose(): void
}

/** The scorer, which frees the weights with itself: where steps run eagerly, each call reads them. */
export function owningWeights(scorer: TileScorer, ...sets: Weights[]): TileScorer {
  return {
    ...scorer,
    dispose() {
      scorer.dispose()
      disposeWeights(...sets)
    },
  }
}

/** Names of the components that `score` gives for each tile. */
export function tileComponentsOf({ componentNames, ofPhotograph = [] }: TileScorer): string[] {
  return componentNames.slice(0, componentNames.length - ofPhotograph.length)
}
