import { disposeWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import { textureComponent } from '../scores.ts'
import type { TensorMap } from '../training/safetensors.ts'
import { NearestNormal, type NormalTextures, texturesOfModel } from './nearest-normal.ts'

/** What a run is told to do with texture. */
export interface TextureParameters {
  texture: boolean
  score: string
  map: 'residual' | 'texture'
}

interface Texture {
  nearest: NearestNormal
  /** Whether the anomaly map is that of the distances, in place of |x - G(E(x))|. */
  mapped: boolean
}

/** A run whose score or map is that of the texture needs it, asked for or not. */
export const learnsTexture = ({ texture, score, map }: TextureParameters): boolean =>
  texture || score === textureComponent || map === textureComponent

/** What scores tiles: a system's networks, compiled for one size of batch. */
export interface TileScorer {
  readonly size: number
  readonly channels: number
  readonly batch: number
  /** What is stored of each tile; with `texture`, the last is that of the whole photograph. */
  readonly componentNames: string[]
  /** Compares the texture of a photograph and of its residual with good parts, where the system is told to. */
  readonly texture?: Texture
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
export function withTexture(
  scorer: TileScorer,
  textures: NormalTextures,
  { map }: TextureParameters,
): TileScorer {
  const nearest = new NearestNormal(textures)
  return {
    ...scorer,
    componentNames: [...scorer.componentNames, textureComponent],
    texture: { nearest, mapped: map === textureComponent },
    dispose() {
      scorer.dispose()
      nearest.dispose()
    },
  }
}

/** The scorer of a stored model, with texture where the run learned it. */
export function withStoredTexture(
  scorer: TileScorer,
  tensors: TensorMap,
  parameters: TextureParameters,
): TileScorer {
  const textures = learnsTexture(parameters) ? texturesOfModel(tensors) : null
  return textures ? withTexture(scorer, textures, parameters) : scorer
}
