/**
 * Where the weights of backbones lie, as safetensors that are named by the backbone. There are two folders, which do
 * not depend on a workspace: set-up keeps what it fetched beside TensorFlow's library in `.cache` of the application,
 * and `features import` keeps what a person brought beside the person's preferences, which works in a packaged
 * application too.
 */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { applicationRoot } from '../../platform/application-root.ts'
import { stateFile } from '../../platform/preferences.ts'
import { digestOfFile } from '../safetensors.ts'
import { type Backbone, backboneByName } from './registry.ts'

export type BackboneSource = 'import' | 'setup'

/** A backbone's weights on this computer. */
export interface BackboneFile {
  /** Absolute path. */
  file: string
  bytes: number
  /** Which of the two folders it lies in. */
  source: BackboneSource
}

export interface BackbonePlaces {
  /** The folder of package.json. */
  root?: string
  environment?: NodeJS.ProcessEnv
}

/** The folder of what a person imported; FANOSCOPE_BACKBONES sets another one. */
export const importFolder = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.FANOSCOPE_BACKBONES || join(dirname(stateFile(environment)), 'backbones')

export const fileNameOf = (name: string): string => `${name}.safetensors`

/** In which order the folders are looked at. */
function folders({ root = applicationRoot(), environment }: BackbonePlaces): [BackboneSource, string][] {
  return [
    ['import', importFolder(environment)],
    ['setup', join(root, '.cache', 'backbones')],
  ]
}

/** The files that were checked in this process, by path, with the size and time that they had. */
const checked = new Map<string, { stamp: string; isRight: boolean }>()

/**
 * The weights of a backbone, checked: their digest is the one of the registry. Null where there are none, or where
 * what is there is not what it should be. A file is read only once as long as it does not change.
 */
export async function findBackbone(
  backbone: Backbone,
  places: BackbonePlaces = {},
): Promise<BackboneFile | null> {
  for (const [source, folder] of folders(places)) {
    const file = join(folder, fileNameOf(backbone.name))
    const found = await stat(file).catch(() => null)
    if (found?.isFile() && (await isRight(file, `${found.size} ${found.mtimeMs}`, backbone))) {
      return { file, bytes: found.size, source }
    }
  }
  return null
}

async function isRight(file: string, stamp: string, { tensors }: Backbone): Promise<boolean> {
  const key = `${file} ${tensors.sha256}`
  const known = checked.get(key)
  if (known?.stamp === stamp) return known.isRight
  // What cannot be read as safetensors is not the backbone either.
  const digest = await digestOfFile(file).catch(() => null)
  const right = digest === tensors.sha256
  checked.set(key, { stamp, isRight: right })
  return right
}

/** The absolute path of a backbone's checked weights by its name in the registry; null where they are not there. */
export async function backboneFile(name: string, places?: BackbonePlaces): Promise<string | null> {
  const backbone = backboneByName(name)
  return backbone === null ? null : ((await findBackbone(backbone, places))?.file ?? null)
}
