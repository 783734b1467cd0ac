/** Masks out and in again: what a tool reads from our file is what was drawn. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { saveAnnotation, shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { compressedCounts } from '../../../../src/main/features/label/coco.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { exportMasks } from '../../../../src/main/features/label/export-masks.ts'
import { readMask } from '../../../../src/main/images/mask.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { findImage, listImages } from '../../../../src/main/store/images.ts'
import { openWorkspace, type Workspace } from '../../../../src/main/store/workspace.ts'
import { ignoredType, type Shape } from '../../../../src/shared/label.ts'
import { areasOf, defectsOf, ignoredOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeLine } from '../line.ts'

async function line(name: string) {
  const folder = await writeLine(join(temporaryFolder(), 'photographs'), { good: 2, test: 4 })
  const workspace = openWorkspace(join(temporaryFolder(), name), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  if (!dataset) throw new RangeError('nothing was imported')
  const [first, second] = listImages(workspace.db, { datasetId: dataset.id, label: 'anomalous' })
  if (!first || !second) throw new RangeError('no anomalous image')
  return { workspace, dataset, first, second }
}

async function maskOf(workspace: Workspace, id: number): Promise<number[]> {
  const { maskSha256 } = findImage(workspace.db, id)
  if (maskSha256 === null) throw new RangeError(`image ${id} has no mask`)
  return [...(await readMask(workspace.blobs.path(maskSha256, 'png'))).data]
}

const vector: Shape[] = [
  { kind: 'polygon', defectType: 'dent', points: [2.25, 3, 20, 4.5, 15, 22, 6, 17.75] },
  { kind: 'rectangle', defectType: 'dent', x: 18, y: 18, width: 9, height: 4.5 },
]
const painted: Shape[] = [
  { kind: 'rectangle', defectType: 'dent', x: 1, y: 2, width: 20, height: 15 },
  { kind: 'stroke', defectType: 'scratch', size: 3, points: [0, 0, 25, 20, 10, 28] },
  { kind: 'stroke', defectType: null, size: 4, points: [12, 10] },
]

describe.each(['mvtec', 'coco', 'labelme', 'voc', 'yolo'] as const)('masks as %s', (format) => {
  it('come back to the pixel in a workspace that had none', async () => {
    const from = await line('from')
    await saveAnnotation(from.workspace, { image: from.first.id, shapes: vector, operatorId: null })
    await saveAnnotation(from.workspace, { image: from.second.id, shapes: painted, operatorId: null })
    const folder = join(temporaryFolder(), 'masks')
    const written = await exportMasks(from.workspace, { dataset: from.dataset, format, folder })
    expect(written.images).toBe(2)

    const to = await line('to')
    expect(await importMasks(to.workspace, { dataset: to.dataset, format, folder })).toEqual({
      images: 2,
      labeled: 0,
      skipped: [],
      notes: [],
    })
    for (const which of ['first', 'second'] as const) {
      expect(await maskOf(to.workspace, to[which].id)).toEqual(await maskOf(from.workspace, from[which].id))
    }
  })

  it('come back with the kinds of their defects', async () => {
    if (format === 'mvtec') return
    const { workspace, dataset, second } = await line('kinds')
    await saveAnnotation(workspace, { image: second.id, shapes: painted, operatorId: null })
    const before = areasOf(rasterize(painted, second.width, second.height))
    const folder = join(temporaryFolder(), 'masks')
    await exportMasks(workspace, { dataset, format, folder })
    await saveAnnotation(workspace, { image: second.id, shapes: [], operatorId: null })
    await importMasks(workspace, { dataset, format, folder })
    const shapes = await shapesOf(workspace, second.id)
    expect(areasOf(rasterize(shapes, second.width, second.height))).toEqual(before)
  })

  it('keep regions to be ignored where the format has a place for them, and say so where it has none', async () => {
    const { workspace, dataset, first, second } = await line('ignored')
    const region: Shape = { kind: 'rectangle', defectType: ignoredType, x: 2, y: 3, width: 8, height: 6 }
    await saveAnnotation(workspace, { image: first.id, shapes: [...vector, region], operatorId: null })
    // Beside no defect, it leaves the label as it is.
    const { label } = second
    const saved = await saveAnnotation(workspace, { image: second.id, shapes: [region], operatorId: null })
    expect(saved).toMatchObject({ label, maskSha256: null, areas: [] })
    const before = (await maskOf(workspace, first.id)).filter((value) => value === 1).length
    const raster = rasterize([...vector, region], first.width, first.height)
    expect(before).toBe(defectsOf(raster).data.filter((value) => value > 0).length)
    const folder = join(temporaryFolder(), 'masks')
    const written = await exportMasks(workspace, { dataset, format, folder })
    const isKept = ['coco', 'labelme'].includes(format)
    expect(written.notes.map(({ code }) => code)).toEqual(isKept ? [] : ['ignored-not-in-mask'])
    if (!isKept) return
    expect(written.images).toBe(2)
    for (const { id } of [first, second])
      await saveAnnotation(workspace, { image: id, shapes: [], operatorId: null })
    const report = await importMasks(workspace, { dataset, format, folder })
    expect(report).toMatchObject({ images: 2, skipped: [], notes: [] })
    for (const [image, shapes] of [
      [first, [...vector, region]],
      [second, [region]],
    ] as const) {
      const back = rasterize(await shapesOf(workspace, image.id), image.width, image.height)
      expect(ignoredOf(back)).toEqual(ignoredOf(rasterize(shapes, image.width, image.height)))
      expect(areasOf(back)).toEqual(areasOf(rasterize(shapes, image.width, image.height)))
    }
    expect(findImage(workspace.db, second.id)).toMatchObject({ label, maskSha256: null })
  })

  it('of no image are an error that says what to do', async () => {
    const { workspace, dataset } = await line('empty')
    const folder = temporaryFolder()
    await expect(exportMasks(workspace, { dataset, format, folder })).rejects.toMatchObject({
      code: 'nothing-to-export',
    })
    await expect(importMasks(workspace, { dataset, format, folder })).rejects.toMatchObject({
      code: 'masks-not-found',
    })
  })
})

describe('a file that cannot be used', () => {
  it('is skipped and named where a labelme file has no area; the others come in', async () => {
    const { workspace, dataset, first, second } = await line('no-area')
    await saveAnnotation(workspace, { image: first.id, shapes: vector, operatorId: null })
    const folder = join(temporaryFolder(), 'masks')
    await exportMasks(workspace, { dataset, format: 'labelme', folder })
    const file = second.file.replace(/\.[^.]+$/, '.json')
    const shapes = [{ label: 'dent', shape_type: 'point', points: [[4, 5]] }]
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), JSON.stringify({ shapes }))
    expect(await importMasks(workspace, { dataset, format: 'labelme', folder })).toMatchObject({
      images: 1,
      skipped: [
        {
          file,
          code: 'refused',
          params: { failure: { code: 'unsupported-type', params: { case: 'shapes', kinds: ['point'] } } },
        },
      ],
    })
  })

  it('is skipped and named where a mask cannot be read; the others come in', async () => {
    const { workspace, dataset, first, second } = await line('damaged')
    await saveAnnotation(workspace, { image: first.id, shapes: vector, operatorId: null })
    const folder = join(temporaryFolder(), 'masks')
    await exportMasks(workspace, { dataset, format: 'mvtec', folder })
    const damaged = `ground_truth/${second.file.replace(/^[^/]+\//, '').replace(/\.[^.]+$/, '')}_mask.png`
    writeFileSync(join(folder, damaged), 'not a picture')
    expect(await importMasks(workspace, { dataset, format: 'mvtec', folder })).toMatchObject({
      images: 1,
      skipped: [{ file: damaged, code: 'refused' }],
    })
  })
})

describe('a polygon', () => {
  it('stays a polygon for labelme', async () => {
    const { workspace, dataset, first } = await line('polygon')
    await saveAnnotation(workspace, { image: first.id, shapes: vector, operatorId: null })
    const folder = join(temporaryFolder(), 'masks')
    await exportMasks(workspace, { dataset, format: 'labelme', folder })
    await importMasks(workspace, { dataset, format: 'labelme', folder })
    expect(await shapesOf(workspace, first.id)).toEqual(vector)
  })

  it('has the area that COCO says', async () => {
    const { workspace, dataset, first } = await line('area')
    await saveAnnotation(workspace, { image: first.id, shapes: vector, operatorId: null })
    const folder = join(temporaryFolder(), 'masks')
    await exportMasks(workspace, { dataset, format: 'coco', folder })
    const { annotations } = JSON.parse(readFileSync(join(folder, 'annotations.json'), 'utf8'))
    const areas = vector.map((shape) => areasOf(rasterize([shape], first.width, first.height))[0]?.area)
    expect(annotations.map(({ area }: { area: number }) => area)).toEqual(areas)
  })
})

describe('the compressed runs of COCO', () => {
  // From pycocotools: mask.encode(np.asfortranarray([[0,0,0,0],[0,1,1,0],[0,1,1,0],[0,0,0,0]], uint8)).
  it('are read as pycocotools writes them', () => {
    expect(compressedCounts('52203')).toEqual([5, 2, 2, 2, 5])
  })
})
