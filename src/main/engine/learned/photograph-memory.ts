/** The memory of features of a backbone, and how far a photograph is from it. */
import { elementAt } from '../../../shared/element-at.ts'
import { memoryGraphNames } from '../../model/exported-files.ts'
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { memoryComponent, memoryComponents } from '../../model/scores.ts'
import { type FeatureExtractor, featureExtractor } from '../backbones/feature-extractor.ts'
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
import type { Explainer, Learnable, Learned } from './learnable.ts'
import { explainPlaces } from './memory-explanation.ts'
import { memoryGraph } from './memory-graph.ts'
import { nearestCells } from './nearest-cells.ts'
import { inSizes, sizesSeen } from './seen-sizes.ts'
import { backboneOfModel, layersOf, openBackbone, storedBackbone } from './stored-backbone.ts'

/** The picture that features are taken of. */
function pictureOf({ forFeatures }: SeenPhotograph): Pixels {
  if (forFeatures === null) throw new TypeError('a memory of features needs a backbone')
  return forFeatures
}

function cellsOf(extractor: FeatureExtractor, picture: Pixels, sizes: number): SeenCells {
  const seen = extractor.cellsOfEach(inSizes(picture, sizes))
  return {
    scored: seen.map(({ averaged }) => averaged),
    drawn: elementAt(seen, 0, 'Sizes of a photograph').plain,
  }
}

/** Which cells count; null where all do. */
const countsOf = ({ drawn }: SeenCells, picture: Pixels, inside: Uint8Array | null, stride: number) =>
  inside && cellsInside(drawn, picture, inside, stride)

/** What a memory sees of a photograph, to be learned from and compared several times. */
export interface SeenByMemory {
  cells: SeenCells
  counts: Uint8Array | null
}

/** Takes the features of photographs. @param tensors of the configuration's backbone, as its package names them */
export function memoryEye(
  parameters: LearningParameters,
  tensors: TensorMap,
): { backbone: TensorMap; see(seen: SeenPhotograph): SeenByMemory; dispose(): void } {
  const { backbone, extractor } = openBackbone(parameters, tensors)
  return {
    backbone,
    see(seen) {
      const picture = pictureOf(seen)
      const cells = cellsOf(extractor, picture, sizesSeen)
      const inside = seen.insideAt(picture.width, picture.height)
      return { cells, counts: countsOf(cells, picture, inside, extractor.stride) }
    },
    dispose: () => extractor.dispose(),
  }
}

/** Compares at the first size, as the larger part of a score does. */
function explainerOf(
  { scored: [level] }: FeatureMemory,
  backbone: TensorMap,
  parameters: LearningParameters,
): Explainer | null {
  const origins = level?.origins ?? null
  if (level === undefined || origins === null) return null
  const extractor = featureExtractor(layersOf(parameters), backbone)
  const search = nearestCells(level)
  return {
    explain(seen, places) {
      const { averaged } = extractor.cells(pictureOf(seen))
      return explainPlaces(averaged, places, { level, origins, search })
    },
    dispose() {
      extractor.dispose()
      search.dispose()
    },
  }
}

const learned = (memory: FeatureMemory, backbone: TensorMap, parameters: LearningParameters): Learned => ({
  tensors: { ...storedBackbone(backbone), ...memoryTensors(memory) },
  explainer: () => explainerOf(memory, backbone, parameters),
  ofPhotograph() {
    const extractor = featureExtractor(layersOf(parameters), backbone)
    const search = new MemorySearch(memory)
    /** @param inside which pixels of the picture count; null where all do */
    const recalled = (picture: Pixels, inside: Uint8Array | null) => {
      const cells = cellsOf(extractor, picture, memory.scored.length)
      const { evidence, drawn } = search.recall(cells, countsOf(cells, picture, inside, extractor.stride))
      const { rows, columns } = cells.drawn
      return { evidence, shown: { rows, columns, data: drawn, side: extractor.stride } }
    }
    return {
      exported: {
        graph: (hasRegion) => memoryGraph({ memory, extractor, hasRegion }),
        outputs(picture, inside) {
          const { width, height } = picture
          const { evidence, shown } = recalled(picture, inside)
          const [localName, allName] = memoryComponents
          const one = (value: number) => ({ shape: [1], data: Float32Array.of(value) })
          return {
            [localName]: one(evidence.local),
            [allName]: one(evidence.all),
            [memoryGraphNames.score]: one(Math.max(evidence.local, evidence.all)),
            [memoryGraphNames.distances]: { shape: [1, shown.rows, shown.columns], data: shown.data },
            [memoryGraphNames.map]: {
              shape: [1, height, width],
              data: distanceMap(shown, width, height).data,
            },
          }
        },
      },
      measure(seen) {
        const picture = pictureOf(seen)
        const { evidence, shown } = recalled(picture, seen.insideAt(picture.width, picture.height))
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
      const eye = memoryEye(parameters, tensors)
      const gathering = new MemoryGathering(photographs, random)
      return {
        add(seen, photograph) {
          const { cells, counts } = eye.see(seen)
          gathering.add(cells, counts, photograph)
        },
        finish() {
          eye.dispose()
          const { heldOut, ...memory } = gathering.finish()
          return { ...learned(memory, eye.backbone, parameters), heldOut }
        },
      }
    },
  },
  ofModel(tensors, parameters) {
    const memory = memoryOfModel(tensors)
    const backbone = backboneOfModel(tensors)
    return memory && backbone && learned(memory, backbone, parameters)
  },
}
