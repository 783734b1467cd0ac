import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { saveAnnotation, shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { exportMasks } from '../../../../src/main/features/label/export-masks.ts'
import { mendLabels } from '../../../../src/main/features/label/mend-labels.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { findImage, listImages } from '../../../../src/main/store/images.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { Shape } from '../../../../src/shared/label.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeLine } from '../line.ts'

const rectangle: Shape = { kind: 'rectangle', defectType: 'dent', x: 3, y: 3, width: 4, height: 5 }

async function line() {
  const folder = await writeLine(join(temporaryFolder(), 'photographs'), { good: 2, test: 4 })
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  const [image] = dataset ? listImages(workspace.db, { datasetId: dataset.id, label: 'anomalous' }) : []
  if (!dataset || !image) throw new RangeError('nothing was imported')
  await saveAnnotation(workspace, { image: image.id, shapes: [rectangle], operatorId: null })
  /** As an older version, or a person with another program, left it. */
  const store = (shapes: string) =>
    workspace.db.run('UPDATE annotation SET shapes = $shapes WHERE image_id = $id', { shapes, id: image.id })
  return { workspace, dataset, image: findImage(workspace.db, image.id), store }
}

const codes = async (workspace: Awaited<ReturnType<typeof line>>['workspace']) =>
  (await verifyWorkspace(workspace)).problems.map(({ code, params }) => `${code}/${params.case}`)

const odd = { kind: 'polygon', defectType: 'dent', points: [2, 2, 9, 2, 9, 9, 2] }

describe('labels that cannot be read', () => {
  it.each([
    ['a coordinate without its other half', [odd], [{ ...odd, points: [2, 2, 9, 2, 9, 9] }]],
    [
      'a name that is too long',
      [{ ...rectangle, defectType: 'x'.repeat(130) }],
      [{ ...rectangle, defectType: 'x'.repeat(100) }],
    ],
    [
      'a name with a tab',
      [rectangle, { ...rectangle, defectType: 'a\tb' }],
      [rectangle, { ...rectangle, defectType: 'a b' }],
    ],
  ])('are found by verify and mended: %s', async (_, stored, mended) => {
    const { workspace, image, store } = await line()
    store(JSON.stringify(stored))
    expect(await codes(workspace)).toEqual(['label-unreadable/drawing'])
    const report = await mendLabels(workspace)
    expect(report.mended).toEqual([{ image: image.id, file: image.file, what: 'drawing', how: 'mended' }])
    expect(await shapesOf(workspace, image.id)).toEqual(mended)
    expect(findImage(workspace.db, image.id).maskSha256).toBe(image.maskSha256)
    expect(await codes(workspace)).toEqual([])
  })

  it('are given back as the pixels of their mask where they are beyond repair', async () => {
    const { workspace, image, store } = await line()
    store(JSON.stringify([rectangle, { kind: 'spline', defectType: 'dent' }]))
    expect((await mendLabels(workspace)).mended).toMatchObject([{ how: 'mask' }])
    expect(await shapesOf(workspace, image.id)).toMatchObject([
      { kind: 'region', x: 3, y: 3, width: 4, height: 5 },
    ])
  })

  it('never stop an export: the pixels of the mask are written, and it is said', async () => {
    const { workspace, dataset, image, store } = await line()
    store(JSON.stringify([odd]))
    const report = await exportMasks(workspace, { dataset, format: 'coco', folder: temporaryFolder() })
    expect(report.notes).toEqual([{ file: image.file, code: 'drawing-unreadable', params: {} }])
  })

  it('have defect types with names that can be stored', async () => {
    const { workspace, image } = await line()
    workspace.db.run(`UPDATE image SET defect_type = $name WHERE id = $id`, { name: 'de\nnt ', id: image.id })
    expect(await codes(workspace)).toEqual(['label-unreadable/defect-type'])
    await mendLabels(workspace)
    expect(findImage(workspace.db, image.id).defectType).toBe('de nt')
    expect(await codes(workspace)).toEqual([])
  })

  it('are not looked for in vain: a sound workspace stays as it is', async () => {
    const { workspace } = await line()
    expect(await mendLabels(workspace)).toEqual({ mended: [], backup: null })
  })
})
