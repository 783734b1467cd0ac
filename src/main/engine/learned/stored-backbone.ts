/** The backbone in a model file: its folded weights under names of their own, one copy for all that needs them. */
import { backboneByName } from '../../model/backbones/registry.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { type FeatureExtractor, type FeatureLayer, featureExtractor } from '../backbones/feature-extractor.ts'
import { foldedWeights } from '../backbones/folded-weights.ts'

const prefix = 'backbone/'

/** Where features of a backbone of the registry are taken; a network that a person added says so itself. */
export const layersOf = ({ backbone = 'none' }: { backbone?: string | undefined }): readonly FeatureLayer[] =>
  backboneByName(backbone)?.layers ?? []

/** A backbone, folded, and what takes its features. @param tensors as its package names them */
export function openBackbone(
  parameters: { backbone?: string | undefined },
  tensors: TensorMap,
): { backbone: TensorMap; extractor: FeatureExtractor } {
  const layers = layersOf(parameters)
  const backbone = foldedWeights(tensors, Math.max(...layers.map(({ block }) => block)))
  return { backbone, extractor: featureExtractor(layers, backbone) }
}

export const storedBackbone = (weights: TensorMap): TensorMap =>
  Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [prefix + name, tensor]))

/** Null where the model file has none. */
export function backboneOfModel(tensors: TensorMap): TensorMap | null {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix))
  if (own.length === 0) return null
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}
