/** What scores tiles, and what scoring asks of a system's graph besides the system's own components. */
import type { TensorMap } from '../../model/safetensors.ts'
import type { Pixels } from '../data/geometry.ts'
import type { StepGraph } from '../graph/program-graph.ts'
import { disposeWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import type { Tensor } from '../tensorflow.ts'

/** A component that the graph computes after those of its system. */
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

/** The outputs of a graph for tiles, where the system restores images. */
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

/** One photograph as what is measured on the whole of it sees it, after its tiles were put together. */
export interface SeenPhotograph {
  /** In the size of the networks, before it was normalized. */
  photograph: Pixels
  /** G(E(x)) in the same size and light; null where the system restores no image. */
  reconstruction: Pixels | null
  /** Which pixels count; null where all do. */
  inside: Uint8Array | null
  /** The same mask, scaled to another size. */
  insideAt(width: number, height: number): Uint8Array | null
  /** In the size in which features of a backbone are taken, three channels in [-1, 1]; null without a backbone. */
  forFeatures: Pixels | null
}

/** What tiles are cut from, where that is not the photograph itself. */
export interface Sight {
  /** Pixels from one cell to the next; the middle of the first one is half of it from the edge. */
  readonly stride: number
  /**
   * The features of a photograph, a value for each channel of a cell.
   * @param forFeatures three channels in [-1, 1]
   */
  featuresOf(forFeatures: Pixels): Pixels
  /** The same for other programs. @throws Failure `not-exportable` */
  graph(): StepGraph
  dispose(): void
}

/** Components of the whole photograph. They are measured after the tiles have been put together. */
export interface PhotographMeasure {
  measure(seen: SeenPhotograph): {
    /** One for each name. */
    values: readonly number[]
    /**
     * The anomaly map of that size that replaces |x - G(E(x))|; null where none is drawn. Several are added: 1 is usual
     * in each.
     */
    map: ((width: number, height: number) => Pixels) | null
  }
  /** The same for other programs; left out where it cannot be one graph. */
  readonly exported?: ExportedMeasure
  dispose(): void
}

/** A measure of the whole photograph, as other programs compute it. */
export interface ExportedMeasure {
  /** @param hasRegion whether the graph also takes which pixels count */
  graph(hasRegion: boolean): StepGraph
  /**
   * What the graph has to give, by the names of its outputs, as the engine computes it.
   * @param picture in the size in which features are taken, three channels in [-1, 1]
   * @param inside 1 for each pixel that counts; null where all do
   */
  outputs(picture: Pixels, inside: Uint8Array | null): TensorMap
}

/** A measure with the names of its components. */
export interface NamedMeasure extends PhotographMeasure {
  readonly names: readonly string[]
}

/** What scores tiles: a system's networks, compiled for one size of batch. */
export interface TileScorer {
  readonly size: number
  readonly channels: number
  readonly batch: number
  /**
   * Names of the components that are stored for each tile: first those of the tile, then those of the whole
   * photograph.
   */
  readonly componentNames: string[]
  /** Computes the components of the whole photograph, in their order. */
  readonly ofPhotograph?: readonly NamedMeasure[]
  /** Whether only the whole photograph is measured: tiles have no components, and none are cut. */
  readonly onlyWhole?: boolean
  /** What tiles are cut from: features; where it is left out, the photograph. */
  readonly sight?: Sight
  /** Number of search steps for each tile, where scoring is a search. */
  readonly searchSteps?: number
  /** The scorer without the parts that are computed outside the graph, where there are any. */
  readonly graph?: TileScorer
  /**
   * @param tiles [batch, size, size, channels], pixels in [-1, 1]
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

/** A scorer that frees the weights when it is disposed. Where steps run eagerly, every call reads them. */
export function owningWeights(scorer: TileScorer, ...sets: Weights[]): TileScorer {
  return {
    ...scorer,
    dispose() {
      scorer.dispose()
      disposeWeights(...sets)
    },
  }
}

/** A scorer that cuts its tiles from features, and frees what gives them. */
export function seeing(scorer: TileScorer, sight: Sight): TileScorer {
  return {
    ...scorer,
    sight,
    dispose() {
      scorer.dispose()
      sight.dispose()
    },
  }
}

/** Names of the components that `score` gives for each tile. */
export function tileComponentsOf({ componentNames, ofPhotograph = [] }: TileScorer): string[] {
  const ofWhole = ofPhotograph.reduce((sum, { names }) => sum + names.length, 0)
  return componentNames.slice(0, componentNames.length - ofWhole)
}
