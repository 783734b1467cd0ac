import type { BackboneInfo } from '../../../shared/backbone.ts'
import { type BackbonePlaces, findBackbone } from '../../model/backbones/backbone-files.ts'
import { type OwnBackbone, ownBackbones } from '../../model/backbones/own-backbones.ts'
import { type Backbone, backbones, wheelFileOf } from '../../model/backbones/registry.ts'

/** All backbones: those that Fanoscope knows, each with its weights where they are here, and those that people added. */
export async function listBackbones(places?: BackbonePlaces): Promise<BackboneInfo[]> {
  const [known, own] = await Promise.all([
    Promise.all(backbones.map((backbone) => describeBackbone(backbone, places))),
    ownBackbones(places?.environment),
  ])
  return [...known, ...own.map(describeOwn)]
}

export async function describeBackbone(backbone: Backbone, places?: BackbonePlaces): Promise<BackboneInfo> {
  const { name, title, licence, copyright, origin, address } = backbone
  const weights = await findBackbone(backbone, places)
  return { name, title, licence, copyright, origin, address, wheel: wheelFileOf(backbone), weights }
}

function describeOwn({ description, file, bytes }: OwnBackbone): BackboneInfo {
  const { name, title = name, licence, copyright = null, origin, address = null } = description
  const weights = { file, bytes, source: 'own' } as const
  return { name, title, licence, copyright, origin, address, wheel: null, weights }
}

/** The one of that name. @throws Error where there is none */
export async function backboneNamed(name: string, places?: BackbonePlaces): Promise<BackboneInfo> {
  const found = (await listBackbones(places)).find((backbone) => backbone.name === name)
  if (found) return found
  throw new Error(`${name} was stored and is not in the list.`)
}
