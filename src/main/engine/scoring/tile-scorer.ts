import { disposeWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import { textureComponent } from '../scores.ts'
import type { NearestNormal } from './nearest-normal.ts'

/** What scores tiles: a system's networks, compiled for one size of batch. */
export interface TileScorer {
  readonly size: number
  readonly channels: number
  readonly batch: number
  /** What is stored of each tile; with `texture`, the last is that of the whole photograph. */
  readonly componentNames: string[]
  /** Compares the texture of a photograph's residual with that of good parts, where the system is told to. */
  readonly texture?: NearestNormal
  /** Steps of a search for each tile, where scoring is one. */
  readonly searchSteps?: number
  /**
   * @param tiles [batch, size, size, channels] in [-1, 1]
   * @returns components [batch, `tileComponentsOf`]; map [batch, size, size] and reconstruction as the tiles,
   * where the system restores an image
   */
  score(tiles: Float32Array): {
    components: Float32Array
    pictures: { map: Float32Array; reconstruction: Float32Array } | null
  }
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
export function tileComponentsOf({ componentNames, texture }: TileScorer): string[] {
  return texture ? componentNames.slice(0, -1) : componentNames
}

/** The scorer with the component `texture` behind its own; it frees what it compares with. */
export function withTexture(scorer: TileScorer, texture: NearestNormal): TileScorer {
  return {
    ...scorer,
    componentNames: [...scorer.componentNames, textureComponent],
    texture,
    dispose() {
      scorer.dispose()
      texture.dispose()
    },
  }
}
