/** The backbone that a training needs, and whether its weights are on this computer. */
import { Failure } from '../../../shared/failure.ts'
import { backboneFile } from '../../model/backbones/backbone-files.ts'
import { backbones } from '../../model/backbones/registry.ts'

/** The first backbone whose weights are here; null where there is none. Presets use it. */
export async function presentBackbone(): Promise<string | null> {
  for (const { name } of backbones) if ((await backboneFile(name)) !== null) return name
  return null
}

/**
 * The backbone of a configuration with the file of its weights; null where it has none.
 * @throws Failure `backbone-absent`
 */
export async function backboneOf({
  backbone,
}: Record<string, unknown>): Promise<{ name: string; file: string } | null> {
  if (typeof backbone !== 'string' || backbone === 'none') return null
  const file = await backboneFile(backbone)
  if (file === null) throw new Failure('backbone-absent', { backbone })
  return { name: backbone, file }
}
