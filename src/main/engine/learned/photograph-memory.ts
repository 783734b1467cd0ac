/** The memory of features of a backbone, and how far a photograph is from it. */
import { backboneByName } from '../../model/backbones/registry.ts'
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { memoryComponent } from '../../model/scores.ts'
import { type FeatureExtractor, type FeatureLayer, featureExtractor } from '../backbones/feature-extractor.ts'
import { foldedWeights } from '../backbones/folded-weights.ts'
import { type Pixels, resample } from '../data/geometry.ts'
import { cellsInside, distanceMap } from '../scoring/distance-map.ts'
import type { SeenPhotograph } from '../scoring/tile-scorer.ts'
import {
  type FeatureMemory,
  MemoryGathering,
  MemorySearch,
  memoryOfModel,
  memoryTensors,
  type SeenCells,
} from './feature-memory.ts'
import type { Learnable, Learned } from './learnable.ts'
import { inSizes, sizesSeen } from './seen-sizes.ts'

/** Where features are taken. */
function layersOf({ backbone }: LearningParameters): readonly FeatureLayer[] {
  const known = backboneByName(backbone)
  if (known === null) throw new TypeError(`There is no backbone "${backbone}".`)
  return known.layers
}

const prefix = 'backbone/'

const named = (tensors: TensorMap): TensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]))

function ofBackbone(tensors: TensorMap): TensorMap | null {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix))
  if (own.length === 0) return null
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}

/** The picture that features are taken of. */
function pictureOf({ forFeatures }: SeenPhotograph): Pixels {
  if (forFeatures === null) throw new TypeError('a memory of features needs a backbone')
  return forFeatures
}

function cellsOf(extractor: FeatureExtractor, picture: Pixels, sizes: number): SeenCells {
  const [largest, ...others] = inSizes(picture, sizes)
  const { plain, averaged } = extractor.cells(largest ?? picture)
  return { scored: [averaged, ...others.map((other) => extractor.cells(other).averaged)], drawn: plain }
}

/** Which cells count; null where all do. */
function countsOf({ drawn }: SeenCells, picture: Pixels, { insideAt }: SeenPhotograph, stride: number) {
  const inside = insideAt(picture.width, picture.height)
  return inside && cellsInside(drawn, picture, inside, stride)
}

const learned = (memory: FeatureMemory, backbone: TensorMap, parameters: LearningParameters): Learned => ({
  tensors: { ...named(backbone), ...memoryTensors(memory) },
  ofPhotograph() {
    const extractor = featureExtractor(layersOf(parameters), backbone)
    const search = new MemorySearch(memory)
    return {
      measure(seen) {
        const picture = pictureOf(seen)
        const cells = cellsOf(extractor, picture, memory.scored.length)
        const counts = countsOf(cells, picture, seen, extractor.stride)
        const { evidence, drawn } = search.recall(cells, counts)
        const shown = { ...cells.drawn, data: drawn, side: extractor.stride }
        return {
          values: [evidence.local, evidence.all],
          map:
            parameters.map === memoryComponent
              ? (width, height) => resample(distanceMap(shown, picture.width, picture.height), width, height)
              : null,
        }
      },
      dispose() {
        extractor.dispose()
        search.dispose()
      },
    }
  },
})

export const photographMemory: Learnable = {
  name: memoryComponent,
  learning: {
    from: 'photographs',
    most: 2_048,
    gather(photographs, random, parameters, tensors) {
      if (tensors === null) throw new TypeError('a memory of features needs a backbone')
      const layers = layersOf(parameters)
      const backbone = foldedWeights(tensors, Math.max(...layers.map(({ block }) => block)))
      const extractor = featureExtractor(layers, backbone)
      const gathering = new MemoryGathering(photographs, random)
      return {
        add(seen) {
          const picture = pictureOf(seen)
          const cells = cellsOf(extractor, picture, sizesSeen)
          gathering.add(cells, countsOf(cells, picture, seen, extractor.stride))
        },
        finish() {
          extractor.dispose()
          return learned(gathering.finish(), backbone, parameters)
        },
      }
    },
  },
  ofModel(tensors, parameters) {
    const memory = memoryOfModel(tensors)
    const backbone = ofBackbone(tensors)
    return memory && backbone && learned(memory, backbone, parameters)
  },
}
