/** Preview pictures that a training wrote into its folder: `previews/<name>-<step>.png`. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assetPath } from '../../../shared/asset-path.ts'
import type { Id } from '../../../shared/values.ts'
import { runFolder } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'

export interface Preview {
  name: string
  step: number
  /** Address of the picture, made by `assetPath`. */
  asset: string
}

const pattern = /^([a-z0-9][a-z0-9_-]{0,63})-(\d{1,12})\.png$/

const folderOf = (workspace: Workspace, run: Id): string => workspace.path(`${runFolder(run)}/previews`)

export const previewFile = (workspace: Workspace, run: Id, name: string, step: number): string =>
  join(folderOf(workspace, run), `${name}-${step}.png`)

/** Newest first. */
export async function listPreviews(workspace: Workspace, run: Id): Promise<Preview[]> {
  // A run that has written no preview yet has no such folder.
  const files = await readdir(folderOf(workspace, run)).catch(() => [])
  return files
    .flatMap((file) => {
      const [, name, step] = pattern.exec(file) ?? []
      if (name === undefined) return []
      return [{ name, step: Number(step), asset: assetPath.preview(run, name, Number(step)) }]
    })
    .sort((a, b) => b.step - a.step || (a.name < b.name ? -1 : 1))
}
