/** The backbone that a training needs, and whether its weights are on this computer. */
import { Failure } from '../../../shared/failure.ts'
import { backboneFile } from '../../model/backbones/backbone-files.ts'
import { ownBackbone, ownBackbones, ownNotice } from '../../model/backbones/own-backbones.ts'
import { backboneByName, backboneNotice, backbones } from '../../model/backbones/registry.ts'

/** The first backbone whose weights are here; null where there is none. Presets use it. */
export async function presentBackbone(): Promise<string | null> {
  for (const { name } of backbones) if ((await backboneFile(name)) !== null) return name
  return null
}

/**
 * The backbone of a configuration with the file of its weights and its licence notice; null where it has none.
 * @throws Failure `backbone-absent`
 */
export async function backboneOf({
  backbone,
}: Record<string, unknown>): Promise<{ name: string; file: string; notice: string | null } | null> {
  if (typeof backbone !== 'string' || backbone === 'none') return null
  if (backboneByName(backbone) === null) {
    const own = await ownBackbone(backbone)
    if (own !== null) return { name: backbone, file: own.file, notice: ownNotice(own.description) }
    throw new Failure('backbone-absent', { case: 'own', backbone, known: await backboneNames() })
  }
  const file = await backboneFile(backbone)
  if (file === null) throw new Failure('backbone-absent', { backbone })
  return { name: backbone, file, notice: backboneNotice(backbone) }
}

/** The backbones that a configuration can name: those that Fanoscope knows, and those that people added. */
export const backboneNames = async (): Promise<string[]> => [
  ...backbones.map(({ name }) => name),
  ...(await ownBackbones()).map(({ description }) => description.name),
]
