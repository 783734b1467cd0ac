import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { saveAnnotation, shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { defectTypesOf, setDefectTypes } from '../../../../src/main/store/annotations.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { freezeValidation } from '../../../../src/main/store/frozen.ts'
import { findImage, listImages } from '../../../../src/main/store/images.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { Shape } from '../../../../src/shared/label.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeLine } from '../line.ts'

async function line() {
  const folder = await writeLine(join(temporaryFolder(), 'photographs'), { good: 10, test: 2 })
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  if (!dataset) throw new RangeError('nothing was imported')
  const idOf = (split: 'train' | 'validation') =>
    listImages(workspace.db, { datasetId: dataset.id, split })[0]?.id ?? 0
  return { workspace, dataset, image: idOf('train'), validating: idOf('validation') }
}

const rectangle = (x: number, defectType = 'scratch', width = 4): Shape => ({
  kind: 'rectangle',
  defectType,
  x,
  y: 3,
  width,
  height: 5,
})

describe('saving what was drawn', () => {
  it('keeps the shapes as they are, and makes their mask', async () => {
    const { workspace, image } = await line()
    const shapes = [rectangle(2), rectangle(10)]
    const saved = await saveAnnotation(workspace, { image, shapes, operatorId: null })
    expect(saved.areas).toEqual([{ defectType: 'scratch', area: 40 }])
    expect(await shapesOf(workspace, image)).toEqual(shapes)
    expect(findImage(workspace.db, image)).toMatchObject({
      label: 'anomalous',
      defectType: 'scratch',
      maskSha256: saved.maskSha256,
    })
  })

  it('names the image after the defect that covers most of it', async () => {
    const { workspace, image } = await line()
    const shapes = [rectangle(2, 'scratch', 2), rectangle(10, 'dent', 6)]
    const saved = await saveAnnotation(workspace, { image, shapes, operatorId: null })
    expect(saved).toMatchObject({ defectType: 'dent', areas: [{ area: 30 }, { area: 10 }] })
  })

  it('restores shapes, label and defect type together, whatever the mask says', async () => {
    const { workspace, image } = await line()
    const verdict = { label: 'normal', defectType: null } as const
    const unmasked = verdict
    await saveAnnotation(workspace, { image, shapes: [rectangle(2)], unmasked, operatorId: null })
    expect(findImage(workspace.db, image)).toMatchObject({ label: 'anomalous', defectType: 'scratch' })
    await saveAnnotation(workspace, { image, shapes: [], verdict, operatorId: null })
    expect(findImage(workspace.db, image)).toMatchObject({ ...verdict, maskSha256: null })
    await saveAnnotation(workspace, { image, shapes: [rectangle(2)], verdict, operatorId: null })
    expect(findImage(workspace.db, image)).toMatchObject(verdict)
  })

  it('is what the part is without a mask where everything that was drawn is erased again', async () => {
    const { workspace, image } = await line()
    const unmasked = { label: 'normal', defectType: null } as const
    const eraser: Shape = { kind: 'stroke', defectType: null, size: 60, points: [5, 5] }
    await saveAnnotation(workspace, { image, shapes: [rectangle(2)], unmasked, operatorId: null })
    await saveAnnotation(workspace, { image, shapes: [rectangle(2), eraser], unmasked, operatorId: null })
    expect(findImage(workspace.db, image)).toMatchObject({ ...unmasked, maskSha256: null })
  })

  it('is in the audit with the name of who drew it', async () => {
    const { workspace, image } = await line()
    const { id: operatorId } = findOrMakeOperator(workspace.db, 'Mei Lin')
    await saveAnnotation(workspace, { image, shapes: [rectangle(2)], operatorId })
    const [row] = listAudit(workspace.db)
    expect(row).toMatchObject({ action: 'image.labeled', operator: 'Mei Lin', image })
  })

  it('leaves no file behind that no image needs', async () => {
    const { workspace, image } = await line()
    const first = await saveAnnotation(workspace, { image, shapes: [rectangle(2)], operatorId: null })
    await saveAnnotation(workspace, { image, shapes: [rectangle(3)], operatorId: null })
    expect(existsSync(workspace.blobs.path(first.maskSha256 ?? '', 'png'))).toBe(false)
    await saveAnnotation(workspace, { image, shapes: [], operatorId: null })
    expect(findImage(workspace.db, image).maskSha256).toBeNull()
    expect((await verifyWorkspace(workspace)).problems).toEqual([])
  })

  it('keeps a mask that another image has too', async () => {
    const { workspace, dataset, image } = await line()
    const other = listImages(workspace.db, { datasetId: dataset.id, split: 'train' })[1]?.id ?? 0
    const { maskSha256 } = await saveAnnotation(workspace, {
      image,
      shapes: [rectangle(2)],
      operatorId: null,
    })
    await saveAnnotation(workspace, { image: other, shapes: [rectangle(2)], operatorId: null })
    await saveAnnotation(workspace, { image, shapes: [], operatorId: null })
    expect(findImage(workspace.db, other).maskSha256).toBe(maskSha256)
    expect((await verifyWorkspace(workspace)).problems).toEqual([])
  })

  it('is refused for an image of a frozen validation set, and nothing of it is kept', async () => {
    const { workspace, dataset, validating } = await line()
    freezeValidation(workspace.db, dataset.id, true)
    const saving = saveAnnotation(workspace, { image: validating, shapes: [rectangle(2)], operatorId: null })
    await expect(saving).rejects.toMatchObject({ code: 'validation-frozen' })
    expect(await shapesOf(workspace, validating)).toEqual([])
    expect((await verifyWorkspace(workspace)).problems).toEqual([])
  })
})

describe('kinds of defects', () => {
  it('are those of the images until somebody orders them', async () => {
    const { workspace, dataset } = await line()
    expect(defectTypesOf(workspace.db, dataset.id).map(({ name }) => name)).toEqual(['dent'])
    const types = [
      { name: 'scratch', color: '#112233' },
      { name: 'Dent', color: '#445566' },
    ]
    setDefectTypes(workspace.db, dataset.id, types)
    expect(defectTypesOf(workspace.db, dataset.id)).toEqual([
      { name: 'scratch', color: '#112233', images: 0 },
      { name: 'Dent', color: '#445566', images: 1 },
    ])
  })

  it('have every type that a shape has, also where another type covers more of the image', async () => {
    const { workspace, dataset, image } = await line()
    const shapes = [rectangle(2, 'scratch', 2), rectangle(10, 'chip', 6)]
    await saveAnnotation(workspace, { image, shapes, operatorId: null })
    setDefectTypes(workspace.db, dataset.id, [])
    const used = defectTypesOf(workspace.db, dataset.id).map(({ name, images }) => [name, images])
    expect(used).toEqual([
      ['chip', 1],
      ['dent', 1],
      ['scratch', 1],
    ])
    await saveAnnotation(workspace, {
      image,
      shapes: [],
      verdict: { label: 'normal', defectType: null },
      operatorId: null,
    })
    expect(defectTypesOf(workspace.db, dataset.id).map(({ name }) => name)).toEqual(['dent'])
  })
})
