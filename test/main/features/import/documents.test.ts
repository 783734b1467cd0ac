/** Annotations that lie in the imported folder. */
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { annotationOf } from '../../../../src/main/store/annotations.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from './photographs.ts'

const square = [4, 4, 12, 4, 12, 12, 4, 12]

const labelme = (name: string): string =>
  JSON.stringify({
    version: '5.4.1',
    flags: {},
    shapes: [
      {
        label: 'crack',
        points: [
          [4, 4],
          [12, 4],
          [12, 12],
          [4, 12],
        ],
        group_id: null,
        shape_type: 'polygon',
        flags: {},
      },
    ],
    imagePath: name,
    imageData: null,
    imageHeight: 24,
    imageWidth: 24,
  })

const coco = (names: readonly string[]): string =>
  JSON.stringify({
    images: names.map((file_name, i) => ({ id: i + 1, file_name, width: 24, height: 24 })),
    annotations: [
      {
        id: 1,
        image_id: 1,
        category_id: 1,
        segmentation: [square],
        area: 64,
        bbox: [4, 4, 8, 8],
        iscrowd: 0,
      },
    ],
    categories: [{ id: 1, name: 'scratch' }],
  })

async function imported(files: Parameters<typeof writeFolder>[1]) {
  const folder = await writeFolder(temporaryFolder(), files)
  const workspace = freshWorkspace()
  const report = await importFolder(workspace, { folder, dataset: 'parts' })
  const images = () => listImages(workspace.db, { datasetId: findDataset(workspace.db, 'parts').id })
  expect((await verifyWorkspace(workspace)).problems).toEqual([])
  return { folder, workspace, report, images }
}

describe('documents in an imported folder', () => {
  it('of labelme, beside photographs, are drawn', async () => {
    const { report, images } = await imported({
      'a/1.png': 1,
      'a/2.png': 2,
      'a/3.png': 3,
      'a/1.json': labelme('1.png'),
      'a/2.json': labelme('..\\a\\2.png'),
    })
    expect(report).toMatchObject({ recognized: 'labelme', imported: 3, annotated: 2 })
    expect(
      images().map(({ file, label, defectType, split }) => [file, label, defectType, split === 'train']),
    ).toEqual([
      ['a/1.png', 'anomalous', 'crack', false],
      ['a/2.png', 'anomalous', 'crack', false],
      ['a/3.png', 'unlabeled', null, false],
    ])
  })

  it('of COCO, beside a folder of images, are drawn', async () => {
    const { report, images } = await imported({
      'images/default/1.png': 1,
      'images/default/2.png': 2,
      'annotations/instances_default.json': coco(['1.png', '2.png']),
    })
    expect(report).toMatchObject({ recognized: 'coco', imported: 2, annotated: 1 })
    expect(images().map(({ label, defectType }) => [label, defectType])).toEqual([
      ['anomalous', 'scratch'],
      ['unlabeled', null],
    ])
  })

  it('draw nothing on a photograph in a folder of good parts, and say so', async () => {
    const { report, images } = await imported({
      'good/1.png': 1,
      'good/2.png': 2,
      'good/1.json': labelme('1.png'),
    })
    expect(report.annotated).toBe(0)
    expect(report.warnings.map(({ file, code }) => [file, code])).toEqual([
      ['good/1.json', 'annotation-skipped'],
    ])
    expect(images().every(({ label }) => label === 'normal')).toBe(true)
  })

  it('leave what a person has drawn since', async () => {
    const { folder, workspace, images } = await imported({ 'a/1.png': 1, 'a/1.json': labelme('1.png') })
    const [image] = images()
    const before = annotationOf(workspace.db, image?.id ?? 0)
    const report = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(report).toMatchObject({ imported: 0, already: 1, annotated: 0 })
    expect(annotationOf(workspace.db, image?.id ?? 0)).toEqual(before)
  })

  it('that are broken are named, and stop nothing', async () => {
    const { report } = await imported({
      'a/1.png': 1,
      'a/1.json': '{"shapes": [ broken',
      'a/2.json': '{"some": 1}',
    })
    expect(report.imported).toBe(1)
    expect(report.warnings.map(({ file }) => file)).toContain('a/1.json')
    expect(report.refused.map(({ file, code }) => [file, code])).toEqual([['a/2.json', 'not-an-image']])
  })
})
