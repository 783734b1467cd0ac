/** Where the pixels of the open workspace lie. */
import { existsSync } from 'node:fs'
import { previewFile } from '../../features/runs/previews.ts'
import { blobFormat, imageById } from '../../store/images.ts'
import { runById } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import { whiteLevel } from '../../store/white-levels.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { AssetSource } from './source.ts'

/** @param current the open workspace, or null */
export function createAssetSource(current: () => Workspace | null): AssetSource {
  const inWorkspace = (workspace: Workspace, file: string | null | undefined): string | null =>
    file === null || file === undefined ? null : workspace.path(file)

  return {
    get cacheFolder() {
      return current()?.paths.cache ?? null
    },
    imageFile(id) {
      const workspace = current()
      const image = workspace && imageById(workspace.db, id)
      if (!workspace || !image) return null
      const { datasetId, sha256, format, bitDepth } = image
      return {
        file: workspace.blobs.path(sha256, format),
        image,
        ...(bitDepth === 16 ? { white: whiteLevel(workspace.db, datasetId, 16) } : {}),
      }
    },
    maskFile(id) {
      const workspace = current()
      const sha256 = workspace && imageById(workspace.db, id)?.maskSha256
      const format = workspace && sha256 && blobFormat(workspace.db, sha256)
      return workspace && sha256 && format ? workspace.blobs.path(sha256, format) : null
    },
    mapFile(run, image) {
      const workspace = current()
      return workspace && inWorkspace(workspace, scoreOf(workspace.db, run, image)?.mapFile)
    },
    reconstructionFile(run, image) {
      const workspace = current()
      return workspace && inWorkspace(workspace, scoreOf(workspace.db, run, image)?.reconstructionFile)
    },
    previewFile(run, name, step) {
      const workspace = current()
      if (!workspace || !runById(workspace.db, run)) return null
      const file = previewFile(workspace, run, name, step)
      return existsSync(file) ? file : null
    },
  }
}
