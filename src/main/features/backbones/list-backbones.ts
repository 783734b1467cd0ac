import type { BackboneInfo } from '../../../shared/backbone.ts'
import { type BackbonePlaces, findBackbone } from '../../model/backbones/backbone-files.ts'
import { type Backbone, backbones, wheelFileOf } from '../../model/backbones/registry.ts'

/** All backbones that Fanoscope knows, each with its weights where they are on this computer. */
export const listBackbones = (places?: BackbonePlaces): Promise<BackboneInfo[]> =>
  Promise.all(backbones.map((backbone) => describeBackbone(backbone, places)))

export async function describeBackbone(backbone: Backbone, places?: BackbonePlaces): Promise<BackboneInfo> {
  const { name, title, licence, copyright, origin, address } = backbone
  const weights = await findBackbone(backbone, places)
  return { name, title, licence, copyright, origin, address, wheel: wheelFileOf(backbone), weights }
}
