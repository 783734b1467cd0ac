/** Annotations that lie in the imported folder. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
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

  it('of labelme are known also where the photograph inside them comes first', async () => {
    const inside = { imageData: Buffer.alloc(40_000, 1).toString('base64'), ...JSON.parse(labelme('1.png')) }
    const text = JSON.stringify({ ...inside, imageData: inside.imageData })
    expect(text.indexOf('imageData')).toBeLessThan(text.indexOf('shapes'))
    const { report } = await imported({ 'a/1.png': 1, 'a/1.json': text })
    expect(report).toMatchObject({ recognized: 'labelme', annotated: 1 })
  })

  it.skipIf(process.platform === 'win32')(
    'are drawn where a link that is followed leads to them',
    async () => {
      const outside = await writeFolder(temporaryFolder(), { '1.json': labelme('1.png') })
      const folder = await writeFolder(temporaryFolder(), { 'a/1.png': 1 })
      symlinkSync(join(outside, '1.json'), join(folder, 'a', '1.json'))
      const report = await importFolder(freshWorkspace(), { folder, dataset: 'parts', followLinks: true })
      expect(report).toMatchObject({ recognized: 'labelme', annotated: 1 })
    },
  )

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

  it('of Label Studio, CVAT and Pascal VOC give labels and are drawn', async () => {
    const result = (type: string, value: object) => ({ type, original_width: 24, original_height: 24, value })
    const studio = await imported({
      'images/1.png': 1,
      'images/2.png': 2,
      'project.json': JSON.stringify([
        {
          data: { image: '/data/upload/1/0a1b2c3d-1.png' },
          annotations: [
            {
              result: [
                result('rectanglelabels', { x: 25, y: 25, width: 25, height: 25, rectanglelabels: ['dent'] }),
              ],
            },
          ],
        },
        {
          data: { image: '/data/upload/1/0a1b2c3e-2.png' },
          annotations: [{ result: [result('choices', { choices: ['good'] })] }],
        },
      ]),
    })
    expect(studio.report).toMatchObject({ recognized: 'label-studio', imported: 2, annotated: 1, masks: 1 })
    expect(studio.images().map(({ label, defectType }) => [label, defectType])).toEqual([
      ['anomalous', 'dent'],
      ['normal', null],
    ])
    const cvat = await imported({
      'images/1.png': 1,
      'images/2.png': 2,
      'annotations.xml':
        '<annotations><image name="1.png" width="24" height="24"><box label="dent" xtl="1" ytl="1" xbr="5" ybr="5"/></image>' +
        '<image name="2.png" width="24" height="24"><tag label="good"/></image></annotations>',
    })
    expect(cvat.report).toMatchObject({
      recognized: 'cvat',
      imported: 2,
      annotated: 1,
      masks: 1,
      unlabeled: 0,
    })
    const voc = await imported({
      'JPEGImages/1.png': 1,
      'JPEGImages/2.png': 2,
      'Annotations/1.xml':
        '<annotation><filename>1.png</filename><object><name>dent</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object></annotation>',
    })
    expect(voc.report).toMatchObject({ recognized: 'voc', imported: 2, annotated: 1, masks: 1, unlabeled: 1 })
  })

  it('of COCO, one for each split, are about the photographs beside them', async () => {
    const { report, images } = await imported({
      'train/a.png': 1,
      'valid/a.png': 2,
      'test/a.png': 3,
      'train/_annotations.coco.json': coco(['a.png']),
      'test/_annotations.coco.json': coco(['a.png']),
    })
    expect(report).toMatchObject({ annotated: 2, masks: 2 })
    expect(report.warnings.filter(({ code }) => code !== 'no-normal')).toEqual([])
    expect(Object.fromEntries(images().map(({ file, defectType }) => [file, defectType]))).toEqual({
      'train/a.png': 'scratch',
      'valid/a.png': null,
      'test/a.png': 'scratch',
    })
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
