/** What networks see with `input` features: the standardized features of a backbone, and what that takes. */
import { Failure } from '../../../shared/failure.ts'
import type { InputParameters } from '../../model/input-shape.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { createRandom } from '../../platform/random.ts'
import { type FeatureExtractor, featureExtractor } from '../backbones/feature-extractor.ts'
import type { Pixels } from '../data/geometry.ts'
import type { FeatureImage } from '../data/image-cache.ts'
import { featureImageOf, type Viewed } from '../scoring/feature-image.ts'
import type { Sight } from '../scoring/tile-scorer.ts'
import { type FeatureStandard, standardOf } from './feature-standard.ts'
import { whitenedCells } from './nearest-cells.ts'
import { sightGraph } from './sight-graph.ts'
import { backboneOfModel, layersOf, openBackbone, storedBackbone } from './stored-backbone.ts'
import { MomentSums } from './whitening.ts'

/** Photographs that features are standardized by, at most. */
const photographLimit = 1_024

const names = { mean: 'features/mean', matrix: 'features/matrix' } as const

/** A sight that can be kept: as tensors of a model file. */
export interface LearnedSight extends Sight {
  readonly tensors: TensorMap
}

/**
 * Features of each cell as the backbone gives them, and behind them those averaged over 3x3 cells: small defects show
 * in the first, and what is only a little unusual over some width in the second.
 */
function bothOf(extractor: FeatureExtractor, forFeatures: Pixels): Pixels {
  const { plain, averaged } = extractor.cells(forFeatures)
  const { rows, columns } = plain
  const one = extractor.channels
  const data = new Float32Array(2 * plain.data.length)
  for (let cell = 0; cell < rows * columns; cell++) {
    data.set(plain.data.subarray(cell * one, (cell + 1) * one), 2 * cell * one)
    data.set(averaged.data.subarray(cell * one, (cell + 1) * one), (2 * cell + 1) * one)
  }
  return { data, width: columns, height: rows, channels: 2 * one }
}

const standardized = (features: Pixels, { mean, matrix }: FeatureStandard): Pixels => ({
  ...features,
  data: whitenedCells(features.data, { mean, whitening: matrix }),
  channels: matrix.length / mean.length,
})

function sightWith(
  standard: FeatureStandard,
  backbone: TensorMap,
  extractor: FeatureExtractor,
): LearnedSight {
  const { mean, matrix } = standard
  const features = mean.length
  const channels = matrix.length / features
  return {
    stride: extractor.stride,
    tensors: {
      ...storedBackbone(backbone),
      [names.mean]: { shape: [features], data: mean },
      [names.matrix]: { shape: [features, channels], data: matrix },
    },
    featuresOf: (forFeatures) => standardized(bothOf(extractor, forFeatures), standard),
    graph: () => sightGraph(standard, extractor),
    dispose: () => extractor.dispose(),
  }
}

/** Reads it from the tensors of a model file; null where it has none. */
export function sightOfModel(
  tensors: TensorMap,
  config: Pick<InputParameters, 'backbone'>,
): LearnedSight | null {
  const [mean, matrix] = [tensors[names.mean], tensors[names.matrix]]
  const backbone = backboneOfModel(tensors)
  if (!mean || !matrix || backbone === null) return null
  const extractor = featureExtractor(layersOf(config), backbone)
  return sightWith({ mean: mean.data, matrix: matrix.data }, backbone, extractor)
}

export interface SightLearning {
  config: Pick<InputParameters, 'backbone' | 'components'>
  /** Tensors of the backbone, as its package names them. */
  backbone: TensorMap
  /** How many good training photographs there are. */
  photographs: number
  seed: number
  /** Null where it cannot be read any more. */
  view(index: number): Promise<Viewed | null>
  /** How many bytes of features may be kept. */
  limit: number
  /** Reports progress; throws where the training is to stop. */
  proceed(done: number, total: number): Promise<void>
}

/**
 * Standardizes features by those of good training photographs, drawn by the seed where there are very many.
 * @returns also the features of photographs that were computed for it, by their index
 */
export async function learnSight(
  learning: SightLearning,
): Promise<{ sight: LearnedSight; known: ReadonlyMap<number, FeatureImage> }> {
  const { config, photographs, seed, view, limit, proceed } = learning
  const { backbone, extractor } = openBackbone(config, learning.backbone)
  try {
    const { components = 0 } = config
    const features = 2 * extractor.channels
    if (components > features) {
      // Of a network that a person added, only its file tells how many features it has.
      const params = { field: 'components', problem: `a cell has ${features} features` }
      throw new Failure('bad-parameter', { problems: [{ topic: 'reason', code: 'field', params }] })
    }
    const order = createRandom(seed, 'features').shuffle(
      Array.from({ length: photographs }, (_, index) => index),
    )
    const drawn = order.slice(0, photographLimit)
    const sums = new MomentSums(features)
    // Computed only once: what is kept of the photographs as they are becomes what the networks see.
    const raw = new Map<number, FeatureImage>()
    let bytes = 0
    const plain = { stride: extractor.stride, featuresOf: (of: Pixels) => bothOf(extractor, of) }
    for (const [done, index] of drawn.entries()) {
      const seen = await view(index)
      if (seen !== null) {
        const features = featureImageOf(plain, seen)
        sums.add(features.data)
        bytes += features.data.byteLength
        if (bytes <= limit) raw.set(index, features)
      }
      await proceed(done + 1, drawn.length)
    }
    const standard = standardOf(sums.finish(), components)
    const known = new Map<number, FeatureImage>()
    for (const [index, features] of raw) {
      known.set(index, { ...standardized(features, standard), inside: features.inside })
      raw.delete(index)
    }
    return { sight: sightWith(standard, backbone, extractor), known }
  } catch (error) {
    extractor.dispose()
    throw error
  }
}
