/** Masks whose values or colors are classes, with a file beside them that names these. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { previewFolder } from '../../../../src/main/features/import/preview-folder.ts'
import { shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { planFolder } from '../../../../src/main/features/layouts/plan.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from './photographs.ts'

const side = 24
/** Bands of the rows from 4 on, 3 rows each, over 5 columns. */
const picture = (channels: 1 | 3, colors: readonly (readonly number[])[]): Promise<Buffer> => {
  const data = Uint8Array.from({ length: side * side * channels }, (_, i) => {
    const pixel = Math.floor(i / channels)
    const [x, y] = [pixel % side, Math.floor(pixel / side)]
    return x < 5 ? (colors[Math.floor((y - 4) / 3)]?.[i % channels] ?? 0) : 0
  })
  const image = sharp(data, { raw: { width: side, height: side, channels } })
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer()
}

async function imported(files: Parameters<typeof writeFolder>[1]) {
  const folder = await writeFolder(temporaryFolder(), files)
  const workspace = freshWorkspace()
  const report = await importFolder(workspace, { folder, dataset: 'parts' })
  expect((await verifyWorkspace(workspace)).problems).toEqual([])
  const found: Record<string, unknown> = {}
  for (const image of listImages(workspace.db, { datasetId: findDataset(workspace.db, 'parts').id })) {
    const areas = areasOf(rasterize(await shapesOf(workspace, image.id), image.width, image.height))
    found[image.file] = [image.label, image.defectType, areas]
  }
  return { report, found }
}

describe('classes of masks in an imported folder', () => {
  it('are defect types by the colors that CVAT lists, without those that are no defects', async () => {
    const { report, found } = await imported({
      'JPEGImages/1.png': 1,
      'JPEGImages/2.png': 2,
      'SegmentationClass/1.png': await picture(3, [
        [128, 0, 0],
        [128, 0, 0],
        [0, 128, 0],
        [0, 0, 128],
      ]),
      'SegmentationClass/2.png': await picture(3, [[0, 0, 128]]),
      'labelmap.txt':
        '# label:color_rgb:parts:actions\nbackground:0,0,0::\ncrack:128,0,0::\ndent:0,128,0::\nignore:0,0,128::\n',
    })
    expect(report.refused).toEqual([])
    expect(found).toEqual({
      'JPEGImages/1.png': [
        'anomalous',
        'crack',
        [
          { defectType: 'crack', area: 30 },
          { defectType: 'dent', area: 15 },
        ],
      ],
      'JPEGImages/2.png': ['normal', null, []],
    })
  })

  it('are named before they are united, where no list says what they are', async () => {
    const files = {
      'train/good/0.png': 1,
      'test/bad/1.png': 2,
      'test/bad/2.png': 3,
      'ground_truth/bad/1_mask.png': await picture(1, [[40], [90], [200]]),
      'ground_truth/bad/2_mask.png': await picture(1, [[255]]),
    }
    const folder = await writeFolder(temporaryFolder(), files)
    const file = 'ground_truth/bad/1_mask.png'
    const classes = ['40', '90', '200']
    const params = { count: 1, lookedAt: 2, names: [file], classes }
    expect((await previewFolder(folder)).notes).toEqual([{ file, code: 'mask-classes-unnamed', params }])
    const { report } = await imported(files)
    expect(report.warnings).toContainEqual({ file, code: 'mask-classes', params: { classes } })
    await writeFolder(folder, { 'class_names.txt': 'background\n' })
    expect((await previewFolder(folder)).notes).toEqual([])
  })

  it('are defect types by the values that MVTec LOCO AD lists; the folder says what the photograph is', async () => {
    const { found } = await imported({
      'train/good/0.png': 1,
      'test/logical_anomalies/000.png': 2,
      'ground_truth/logical_anomalies/000/000.png': await picture(1, [[255]]),
      'ground_truth/logical_anomalies/000/001.png': await picture(1, [[0], [254]]),
      'defects_config.json': JSON.stringify([
        {
          defect_name: 'missing pushpin',
          pixel_value: 255,
          saturation_threshold: 1,
          relative_saturation: true,
        },
        { defect_name: 'two pushpins', pixel_value: 254, saturation_threshold: 1, relative_saturation: true },
      ]),
    })
    expect(found['test/logical_anomalies/000.png']).toEqual([
      'anomalous',
      'logical_anomalies',
      [
        { defectType: 'missing pushpin', area: 15 },
        { defectType: 'two pushpins', area: 15 },
      ],
    ])
  })

  it('are areas of the type of the photograph in a mask without listed classes, beside one that has some', async () => {
    const { report, found } = await imported({
      'bad/001.png': 1,
      'masks/bad/001_mask_0.png': await picture(1, [[1]]),
      'masks/bad/001_mask_1.png': await picture(1, [[0], [0], [255], [254]]),
      'classes.txt': '_background_\nscratch\n',
    })
    expect(report.warnings.map(({ code }) => code)).not.toContain('mask-alone')
    expect(found['bad/001.png']).toEqual([
      'anomalous',
      'defect',
      [
        { defectType: 'defect', area: 30 },
        { defectType: 'scratch', area: 15 },
      ],
    ])
  })

  it('are one area without a list, and it is said', async () => {
    const { report, found } = await imported({
      'bad/1.png': 1,
      'masks/bad/1.png': await picture(1, [[1], [2]]),
    })
    expect(found['bad/1.png']).toEqual(['anomalous', null, [{ defectType: 'defect', area: 30 }]])
    expect(report.warnings.map(({ code }) => code)).toContain('mask-classes')
  })

  it('are without names where the list cannot be read, which is said, and the import goes on', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      'bad/1.png': 1,
      'masks/bad/1.png': await picture(1, [[1]]),
      'classes.txt': '_background_\nscratch\n',
    })
    const plan = await planFolder(folder)
    const saved = await writeFolder(temporaryFolder(), { 'plan.json': JSON.stringify(plan) })
    rmSync(join(folder, 'classes.txt'))
    const report = await importFolder(freshWorkspace(), {
      folder,
      dataset: 'parts',
      as: join(saved, 'plan.json'),
    })
    expect(report).toMatchObject({ imported: 1, masks: 1 })
    expect(report.warnings).toContainEqual({
      file: 'classes.txt',
      code: 'list-unreadable',
      params: { reason: expect.stringContaining('ENOENT') },
    })
  })

  it('are not looked for where there are no masks', async () => {
    const { report } = await imported({ 'good/1.png': 1, 'classes.txt': 'good\nbad\n' })
    expect(report.refused.map(({ file, code }) => [file, code])).toEqual([['classes.txt', 'not-an-image']])
  })
})
