/** Photographs of a watched folder as rows, where a test needs no picture. */
import { createHash } from 'node:crypto'
import { addBlob, addImage } from '../../../../src/main/store/images.ts'
import { beginImport } from '../../../../src/main/store/imports.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import type { LiveWatch } from '../../../../src/shared/live.ts'

export function lineImages({ db }: Workspace, { datasetId, folder }: LiveWatch): (file: string) => number {
  const importId = beginImport(db, { datasetId, source: folder, layout: 'flat' })
  let count = 0
  return (file) => {
    count += 1
    const sha256 = createHash('sha256').update(`${count}`).digest('hex')
    addBlob(db, { sha256, bytes: 1, format: 'png' })
    return addImage(db, {
      datasetId,
      importId,
      sha256,
      file,
      width: 16,
      height: 16,
      channels: 1,
      bitDepth: 8,
      peak: 1,
      split: 'live',
      label: 'unlabeled',
      defectType: null,
      maskSha256: null,
      partGroup: null,
      warnings: [],
    })
  }
}
