/** Folders of YOLO in the layouts in which programs write them. */
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { planFolder } from '../../../../src/main/features/layouts/plan.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from './photographs.ts'

/** A box of 6 x 6 of the 24 x 24 pixels, and the same as an outline. */
const box = '0 0.5 0.5 0.25 0.25'
const outline = '1 0.375 0.375 0.625 0.375 0.625 0.625 0.375 0.625'

async function planned(files: Parameters<typeof writeFolder>[1]) {
  const { photographs, notes } = await planFolder(await writeFolder(temporaryFolder(), files))
  return { splits: Object.fromEntries(photographs.map(({ file, split }) => [file, split])), notes }
}

async function imported(files: Parameters<typeof writeFolder>[1]) {
  const folder = await writeFolder(temporaryFolder(), files)
  const workspace = freshWorkspace()
  const report = await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = findDataset(workspace.db, 'parts')
  const labels: Record<string, string> = {}
  const splits: Record<string, string> = {}
  for (const { id, file, label, split, width, height } of listImages(workspace.db, {
    datasetId: dataset.id,
  })) {
    const areas = areasOf(rasterize(await shapesOf(workspace, id), width, height))
    labels[file] = [label, ...areas.map(({ defectType, area }) => `${defectType} ${area}`)].join(' ')
    splits[file] = split
  }
  const said = report.warnings.map(({ code, params }) =>
    params.case === undefined ? code : `${code}/${String(params.case)}`,
  )
  return { workspace, dataset, report, labels, splits, said }
}

describe('a folder of YOLO', () => {
  it('has labels beside images, with splits in folders and names as a map', async () => {
    const { report, labels, splits, said } = await imported({
      'images/train/1.png': 1,
      'images/val/1.png': 2,
      'images/test/1.png': 3,
      'labels/train/1.txt': `${box}\n`,
      'labels/val/1.txt': `${outline}\n`,
      'labels/test/1.txt': '',
      'data.yaml':
        'path: .\ntrain: images/train\nval: images/val\ntest: images/test\nnames:\n  0: dent\n  1: crack\n',
    })
    expect(report).toMatchObject({ recognized: 'yolo', annotated: 2, refused: [] })
    expect(labels).toEqual({
      'images/train/1.png': 'anomalous dent 36',
      'images/val/1.png': 'anomalous crack 36',
      'images/test/1.png': 'normal',
    })
    expect(splits).toMatchObject({ 'images/val/1.png': 'validation', 'images/test/1.png': 'test' })
    expect(said).toContain('yolo-empty/good')
  })

  it('has texts beside photographs, with names in classes.txt; an empty one says nothing alone', async () => {
    const { labels, said } = await imported({
      'a/1.png': 1,
      'a/2.png': 2,
      'a/3.png': 3,
      'a/1.txt': `${box}\n${outline.replace('1', '7')}\n0 a b c d\n0 0.5 0.5 0.2 0.2 0.9\n0 9 9 4 4\n`,
      'a/2.txt': '',
      'a/4.txt': `${box}\n`,
      'a/classes.txt': 'dent\ncrack\n',
      'a/readme-notes.txt': 'some words',
    })
    expect(labels['a/2.png']).toBe('unlabeled')
    expect(labels['a/3.png']).toBe('unlabeled')
    expect(said).toEqual(
      expect.arrayContaining([
        'yolo-empty',
        'class-unlisted',
        'shape-left-out/malformed',
        'shape-left-out/predicted',
        'shape-left-out/not-normalized',
        'annotation-skipped',
      ]),
    )
  })

  it('has splits that only data.yaml says, as a list of texts too', async () => {
    const { splits } = await imported({
      'images/a/1.png': 1,
      'images/b/2.png': 2,
      'labels/a/1.txt': box,
      'labels/b/2.txt': box,
      'lists/test.txt': './images/b/2.png\n',
      'dataset.yml': 'train: ../x/images/a\ntest: lists/test.txt\nnames: [dent]\n',
    })
    expect(splits['images/b/2.png']).toBe('test')
  })

  it('without a list of classes has one defect type, which is said', async () => {
    const { labels, said } = await imported({ 'a/1.png': 1, 'a/1.txt': `${outline}\n` })
    expect(labels).toEqual({ 'a/1.png': 'anomalous defect 36' })
    expect(said).toContain('classes-unlisted')
  })

  it('has obj.data, obj.names and lists of photographs, as Darknet and CVAT write them', async () => {
    const { report, labels, splits, said } = await imported({
      'obj.data':
        'classes = 2\nnames = data/obj.names\ntrain = data/train.txt\nvalid=data/valid.txt\nbackup = backup/\n',
      'obj.names': 'dent\n裂纹\n',
      'train.txt': 'data/obj_train_data/1.png\ndata/obj_train_data/2.png\n',
      'valid.txt': 'data\\obj_train_data\\3.png\r\n',
      'obj_train_data/1.png': 1,
      'obj_train_data/1.txt': box,
      'obj_train_data/2.png': 2,
      'obj_train_data/2.txt': outline,
      'obj_train_data/3.png': 3,
      'obj_train_data/3.txt': box,
    })
    expect(report).toMatchObject({ recognized: 'yolo', annotated: 3, refused: [] })
    expect(labels).toEqual({
      'obj_train_data/1.png': 'anomalous dent 36',
      'obj_train_data/2.png': 'anomalous 裂纹 36',
      'obj_train_data/3.png': 'anomalous dent 36',
    })
    expect(splits['obj_train_data/3.png']).toBe('validation')
    expect(said).toEqual(['no-normal'])
  })

  it.each([
    [[2, 3], '0.4 0.4 2 0.6 0.6 1'],
    [[3, 2], '0.4 0.4 0.5 0.5 0.6 0.6'],
  ])('has keypoints behind boxes, of the shape %j, which are left out', async (shape, keypoints) => {
    const { labels, report } = await imported({
      '1.png': 1,
      '1.txt': `${box} ${keypoints}\n${box} ${keypoints}`,
      'data.yaml': `kpt_shape: ${JSON.stringify(shape)}\nnames: [dent]\n`,
    })
    expect(labels).toEqual({ '1.png': 'anomalous dent 36' })
    expect(report.warnings).toContainEqual({
      file: '1.txt',
      code: 'keypoints-left-out',
      params: { image: '1.png', count: 2 },
    })
  })

  it('takes the names of data.yaml where another list disagrees, which is said', async () => {
    const { labels, report } = await imported({
      '1.png': 1,
      '1.txt': box,
      'classes.txt': 'crack\nstain\n',
      'data.yaml': 'names: [dent, stain]\n',
    })
    expect(labels).toEqual({ '1.png': 'anomalous dent 36' })
    expect(report.warnings.filter(({ code }) => code === 'class-twice')).toEqual([
      {
        file: 'classes.txt',
        code: 'class-twice',
        params: { id: 0, first: 'dent', list: 'data.yaml', other: 'crack' },
      },
    ])
  })

  it('takes the names of the nearest folder', async () => {
    const { labels } = await imported({
      'a/1.png': 1,
      'a/1.txt': box,
      'a/classes.txt': 'dent',
      'b/2.png': 2,
      'b/2.txt': box,
      'classes.txt': 'crack',
    })
    expect(labels).toEqual({ 'a/1.png': 'anomalous dent 36', 'b/2.png': 'anomalous crack 36' })
  })

  it('says where a list has a photograph in two splits, and leaves the split to the folder', async () => {
    const { splits, notes } = await planned({
      'images/1.png': 1,
      'images/2.png': 2,
      'labels/1.txt': box,
      'labels/2.txt': box,
      'val.txt': './images/1.png\n./images/2.png\n',
      'test.txt': '/data/set/images/2.png\n',
      'data.yaml': 'val: val.txt\ntest: test.txt\nnames: [dent]\n',
    })
    expect(notes).toEqual([
      { file: 'data.yaml', code: 'yolo-splits', params: { count: 1, names: ['images/2.png'] } },
    ])
    expect(splits).toEqual({ 'images/1.png': 'validation', 'images/2.png': null })
  })

  it('says where two lists have a photograph in different splits, of which none is taken', async () => {
    const { splits, notes } = await planned({
      '1.png': 1,
      '2.png': 2,
      '1.txt': box,
      '2.txt': box,
      'obj.data': 'valid = both.txt\n',
      'both.txt': '1.png\n2.png\n',
      'data.yaml': 'test: [2.png]\nnames: [dent]\n',
    })
    expect(notes).toEqual([{ file: '2.png', code: 'table-contradicts', params: { case: 'rows' } }])
    expect(splits).toEqual({ '1.png': 'validation', '2.png': null })
  })

  it('is read into a dataset that is there already', async () => {
    const { workspace, dataset } = await imported({ 'a/1.png': 1 })
    const folder = await writeFolder(temporaryFolder(), { 'a/1.txt': box, 'classes.txt': 'dent' })
    expect(await importMasks(workspace, { dataset, format: 'yolo', folder })).toMatchObject({
      images: 1,
      skipped: [],
      notes: [],
    })
  })
})

it('Texts of numbers without a photograph are no labels', async () => {
  const { report } = await imported({ 'a/1.png': 1, 'a/measured.txt': box })
  expect(report).toMatchObject({
    recognized: 'folders',
    refused: [{ file: 'a/measured.txt', code: 'not-an-image' }],
  })
})
