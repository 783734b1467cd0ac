/** The backbone in a model file: its folded weights under names of their own, one copy for all that needs them. */
import { type Backbone, backboneByName } from '../../model/backbones/registry.ts'
import type { TensorMap } from '../../model/safetensors.ts'

const prefix = 'backbone/'

/** @throws TypeError where there is none of that name */
export function knownBackbone(name: string): Backbone {
  const known = backboneByName(name)
  if (known === null) throw new TypeError(`There is no backbone "${name}".`)
  return known
}

export const storedBackbone = (weights: TensorMap): TensorMap =>
  Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [prefix + name, tensor]))

/** Null where the model file has none. */
export function backboneOfModel(tensors: TensorMap): TensorMap | null {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix))
  if (own.length === 0) return null
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}
