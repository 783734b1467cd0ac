import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { saveAnnotation } from '../../../../src/main/features/label/annotate.ts'
import { mendMasks } from '../../../../src/main/features/label/mend-masks.ts'
import { blobFile } from '../../../../src/main/store/blob-store.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { findImage, listImages } from '../../../../src/main/store/images.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { Shape } from '../../../../src/shared/label.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeLine } from '../line.ts'

const shapes: Shape[] = [
  { kind: 'rectangle', defectType: 'dent', x: 3, y: 3, width: 9, height: 5 },
  { kind: 'stroke', defectType: null, size: 3, points: [4, 4, 8, 6] },
]

async function drawn() {
  const folder = await writeLine(join(temporaryFolder(), 'photographs'), { good: 2, test: 4 })
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  const [image] = dataset ? listImages(workspace.db, { datasetId: dataset.id, label: 'anomalous' }) : []
  if (!image) throw new RangeError('nothing was imported')
  const { maskSha256 } = await saveAnnotation(workspace, { image: image.id, shapes, operatorId: null })
  if (maskSha256 === null) throw new RangeError('no mask was made')
  const file = blobFile(maskSha256, 'png')
  const path = workspace.path(file)
  const problems = async () =>
    (await verifyWorkspace(workspace)).problems.map(({ code, file: of, params }) => [code, of, params.case])
  return {
    workspace,
    image: findImage(workspace.db, image.id),
    file,
    path,
    bytes: readFileSync(path),
    problems,
  }
}

describe('the file of a mask that was drawn', () => {
  it.each([
    ['is missing', (path: string) => rmSync(path), 'missing'],
    ['is cut short', (path: string) => writeFileSync(path, 'short'), undefined],
    ['has one other byte', (path: string) => flip(path), undefined],
  ])('%s: verify says that it can be written again, and it is, to the byte', async (_, harm, how) => {
    const { workspace, image, file, path, bytes, problems } = await drawn()
    harm(path)
    expect(await problems()).toEqual([['mask-damaged', file, how]])
    expect(await mendMasks(workspace)).toEqual({ written: [image.file], left: [] })
    expect(readFileSync(path)).toEqual(bytes)
    expect(await problems()).toEqual([])
  })

  it('is left as it is where it is whole', async () => {
    const { workspace } = await drawn()
    expect(await mendMasks(workspace)).toEqual({ written: [], left: [] })
  })

  it('is not replaced by other pixels than those that were stored, and is named', async () => {
    const { workspace, image, path, file, problems } = await drawn()
    const other = JSON.stringify([{ ...shapes[0], width: 4 }])
    workspace.db.run('UPDATE annotation SET shapes = $other WHERE image_id = $id', { other, id: image.id })
    rmSync(path)
    expect(await mendMasks(workspace)).toEqual({ written: [], left: [image.file] })
    expect(await problems()).toContainEqual(['mask-damaged', file, 'missing'])
  })

  it('is named as before where nothing was drawn: only an import brings it back', async () => {
    const { workspace, image, path, file, problems } = await drawn()
    workspace.db.run('DELETE FROM annotation WHERE image_id = $id', { id: image.id })
    rmSync(path)
    expect(await problems()).toContainEqual(['file-missing', file, undefined])
    expect(await mendMasks(workspace)).toEqual({ written: [], left: [] })
  })
})

function flip(path: string): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
  writeFileSync(path, bytes)
}
