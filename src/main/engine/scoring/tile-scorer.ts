import type { TensorMap } from '../../model/safetensors.ts'
import { relativeComponent, textureComponent, whitenedComponent } from '../../model/scores.ts'
import {
  type ExpectedResiduals,
  expectationOfModel,
  largestRatio,
  pooledResidual,
  ResidualExpectation,
  ratioMap,
} from '../learned/expected-residual.ts'
import { type FeatureWhitening, whiteningOfModel } from '../learned/feature-whitening.ts'
import { NearestNormal, type NormalTextures, texturesOfModel } from '../learned/nearest-normal.ts'
import { disposeWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import { countingInside } from './counting-inside.ts'

/** What a run is told to learn of good parts beside its networks, and to store and draw with it. */
export interface LearningParameters {
  texture: boolean
  whitened: boolean
  relative: boolean
  scales: number
  score: string
  map: 'residual' | 'relative' | 'texture'
}

interface Texture {
  nearest: NearestNormal
  /** Whether the anomaly map is that of the distances, in place of |x - G(E(x))|. */
  mapped: boolean
}

/** A run whose score or map is made from a component needs what it is learned from, asked for or not. */
const learns = (name: 'texture' | 'whitened' | 'relative', parameters: LearningParameters): boolean =>
  parameters[name] || parameters.score === name || parameters.map === name

export const learnsTexture = (parameters: LearningParameters): boolean => learns(textureComponent, parameters)
export const learnsWhitening = (parameters: LearningParameters): boolean =>
  learns(whitenedComponent, parameters)
export const learnsExpectation = (parameters: LearningParameters): boolean =>
  learns(relativeComponent, parameters)

/** What was learned of good parts; null where a run does not use it. */
export interface Learned {
  whitening: FeatureWhitening | null
  expectation: ExpectedResiduals | null
  textures: NormalTextures | null
}

/** What is asked of a system's graph beside its own components. */
export interface ScorerRequest {
  /** With it, the component `whitened`. */
  whitening: FeatureWhitening | null
  /** Codes of the tiles. */
  codes: boolean
  /** f(x) - f(y) of the critic after its second halving. */
  early: boolean
}

export const nothingElse: ScorerRequest = { whitening: null, codes: false, early: false }

export const requestOf = ({ whitening, expectation }: Pick<Learned, 'whitening' | 'expectation'>) => ({
  whitening,
  codes: expectation !== null,
  early: false,
})

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
  /** What the graph alone gives, where something is computed beside it for each tile. */
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
export function tileComponentsOf({ componentNames, texture }: TileScorer): string[] {
  return texture ? componentNames.slice(0, -1) : componentNames
}

/** The scorer with the component `texture` behind its own; it frees what it compares with. */
function withTexture(scorer: TileScorer, textures: NormalTextures, { map }: LearningParameters): TileScorer {
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

/** The scorer, whose graph gives codes, with the component `relative` behind its own. */
function withExpectation(
  scorer: TileScorer,
  expected: ExpectedResiduals,
  { map, scales }: LearningParameters,
): TileScorer {
  const { size, batch } = scorer
  const pixels = size * size
  const width = scorer.componentNames.length
  const expectation = new ResidualExpectation(expected)
  const { latent } = expected
  return {
    ...scorer,
    componentNames: [...scorer.componentNames, relativeComponent],
    graph: scorer,
    score(tiles, inside) {
      const { components, pictures } = scorer.score(tiles, inside)
      const codes = pictures?.codes
      if (!pictures || !codes) throw new TypeError('a residual is expected by the code of its tile')
      const table = new Float32Array(batch * (width + 1))
      const drawn = map === relativeComponent ? new Float32Array(pictures.map.length) : null
      for (let tile = 0; tile < batch; tile++) {
        const residual = pooledResidual(pictures.map.subarray(tile * pixels, (tile + 1) * pixels), size)
        const code = codes.subarray(tile * latent, (tile + 1) * latent)
        const ratios = expectation.ratios(residual, code, scales)
        table.set(components.subarray(tile * width, (tile + 1) * width), tile * (width + 1))
        table[tile * (width + 1) + width] = largestRatio(ratios)
        drawn?.set(ratioMap(ratios, size), tile * pixels)
      }
      return { components: table, pictures: drawn ? { ...pictures, map: drawn } : pictures }
    },
  }
}

/** The scorer of a system with all that was learned beside it, its graph being made for `requestOf` the same. */
export function withLearned(
  scorer: TileScorer,
  { expectation, textures }: Pick<Learned, 'expectation' | 'textures'>,
  parameters: LearningParameters,
): TileScorer {
  const counting = countingInside(scorer)
  const relative = expectation ? withExpectation(counting, expectation, parameters) : counting
  return textures ? withTexture(relative, textures, parameters) : relative
}

/** What a stored model learned, as far as its configuration uses it. */
export const learnedOfModel = (tensors: TensorMap, parameters: LearningParameters): Learned => ({
  whitening: learnsWhitening(parameters) ? whiteningOfModel(tensors) : null,
  expectation: learnsExpectation(parameters) ? expectationOfModel(tensors) : null,
  textures: learnsTexture(parameters) ? texturesOfModel(tensors) : null,
})
