import { chmodSync, mkdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { previewFolder, suggestedName } from '../../../../src/main/features/import/preview-folder.ts'
import { maskKey } from '../../../../src/main/features/layouts/mask-keys.ts'
import { planFolder } from '../../../../src/main/features/layouts/plan.ts'
import { csvHead, csvLines } from '../../../../src/main/platform/csv.ts'
import type { Layout } from '../../../../src/shared/image.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { mask, photograph, writeFolder } from '../import/photographs.ts'

const folderWith = (...files: string[]): Promise<string> =>
  writeFolder(temporaryFolder(), Object.fromEntries(files.map((file) => [file, ''])))

const layoutOf = async (folder: string, layout: Layout | 'auto' = 'auto'): Promise<Layout> =>
  (await planFolder(folder, { layout })).layout

describe('the layout of a folder', () => {
  it('is mvtec where there is train/good', async () => {
    expect(await layoutOf(await folderWith('train/good/1.png', 'test/dent/1.png'))).toBe('mvtec')
    expect(await layoutOf(await folderWith('Train/OK/1.png'))).toBe('mvtec')
  })

  it('is flat otherwise', async () => {
    expect(await layoutOf(await folderWith('1.png'))).toBe('flat')
    expect(await layoutOf(await folderWith('good/1.png', 'bad/1.png'))).toBe('flat')
    expect(await layoutOf(await folderWith('train/1.png'))).toBe('flat')
  })

  it('is what a person says', async () => {
    expect(await layoutOf(await folderWith('train/good/1.png'), 'flat')).toBe('flat')
    await expect(layoutOf(await folderWith('1.png'), 'mvtec')).rejects.toMatchObject({
      code: 'layout-mismatch',
    })
  })

  it('is not guessed for a folder of several datasets', async () => {
    const folder = await folderWith('bottle/train/good/1.png', 'bottle/test/good/1.png')
    await expect(layoutOf(folder)).rejects.toMatchObject({
      code: 'several-datasets',
      remedy: expect.stringContaining(join(folder, 'bottle')),
    })
  })
})

/** What a file's place says of it, in a folder that has this layout without it. */
async function placed(file: string, layout: Layout) {
  const folder = await folderWith(file, ...(layout === 'mvtec' ? ['train/good/other.png'] : []))
  const { photographs } = await planFolder(folder, { layout })
  const { split, label, defectType } = photographs.find((planned) => planned.file === file) ?? {}
  return { split, label, defectType }
}

describe('what a place says in the layout of MVTec AD', () => {
  it.each([
    ['train/good/1.png', null, 'normal', null],
    ['train/scratch/1.png', 'validation', 'anomalous', 'scratch'],
    ['validation/good/1.png', 'validation', 'normal', null],
    ['test/good/1.png', 'test', 'normal', null],
    ['test/Missing Screw/1.png', 'test', 'anomalous', 'Missing Screw'],
    ['test/1.png', 'test', 'unlabeled', null],
    ['elsewhere/1.png', 'test', 'unlabeled', null],
    ['test/defective_painting/1.png', 'test', 'anomalous', 'defective_painting'],
    ['test/logical_anomalies/1.png', 'test', 'anomalous', 'logical_anomalies'],
    ['test/ko/1.png', 'test', 'anomalous', null],
    ['test/good/camera 2/1.png', 'test', 'normal', null],
    ['测试/划痕/1.png', 'test', 'anomalous', '划痕'],
    ['test/no_defect/1.png', 'test', 'unlabeled', null],
    ['test/defect-free/1.png', 'test', 'unlabeled', null],
    ['test/not good/1.png', 'test', 'unlabeled', null],
  ])('%s', async (file, split, label, defectType) => {
    expect(await placed(file, 'mvtec')).toEqual({ split, label, defectType })
  })
})

describe('what a place says in a flat folder', () => {
  it.each([
    ['1.png', 'test', 'unlabeled', null],
    ['monday/1.png', 'test', 'unlabeled', null],
    ['Normal/1.png', null, 'normal', null],
    ['camera 2/OK/1.png', null, 'normal', null],
    ['良品/1.png', null, 'normal', null],
    ['anomaly/1.png', null, 'anomalous', null],
    ['NG/scratch/1.png', null, 'anomalous', 'scratch'],
    ['不良品/划痕/1.png', null, 'anomalous', '划痕'],
    ['NG/20240131/1.png', null, 'anomalous', null],
    ['NG/2024-01-31/cam 2/1.png', null, 'anomalous', null],
    ['NG/lot 7/dent/1.png', null, 'anomalous', 'dent'],
    ['good.png', 'test', 'unlabeled', null],
  ])('%s', async (file, split, label, defectType) => {
    expect(await placed(file, 'flat')).toEqual({ split, label, defectType })
  })
})

describe('folders called as splits are', () => {
  it('may have a word for what is in them beside', async () => {
    const folder = await pictures({
      'train_img/1.png': 1,
      'test_img/2.png': 2,
      'train_lab/1.png': 'm',
      'test_lab/2.png': 'm',
    })
    expect(await planned(folder)).toEqual([
      'train_img/1.png train from-mask: train_lab/1.png',
      'test_img/2.png test from-mask: test_lab/2.png',
    ])
  })

  it('are splits where there are two of them, without the types of MVTec AD too', async () => {
    const folder = await folderWith(
      'data/train/ok/1.png',
      'data/val/ok/2.png',
      'data/test/ng/3.png',
      'data/test/x/4.png',
    )
    await expect(planFolder(folder)).rejects.toMatchObject({ code: 'several-datasets' })
    const inside = await planFolder(join(folder, 'data'))
    expect(inside.photographs.map(({ file, split, label }) => [file, split, label])).toEqual([
      ['train/ok/1.png', null, 'normal'],
      ['val/ok/2.png', 'validation', 'normal'],
      ['test/x/4.png', 'test', 'anomalous'],
      ['test/ng/3.png', 'test', 'anomalous'],
    ])
  })

  it('are none where there is one alone', async () => {
    const { photographs } = await planFolder(
      await folderWith('Test/good/1.png', 'Test/bad/2.png', 'line 2/good/3.png'),
    )
    expect(photographs.map(({ split }) => split)).toEqual([null, null, null])
  })

  it('of two cameras are one dataset', async () => {
    const folder = await folderWith('cam1/OK/1.png', 'cam1/NG/2.png', 'cam2/OK/3.png', 'cam2/NG/4.png')
    expect((await planFolder(folder)).photographs).toHaveLength(4)
  })
})

describe('a mask', () => {
  it('is found by the stem of its photograph', () => {
    for (const mask of ['crack/007_mask.png', 'crack/007.png', 'crack/007_MASK.tif', 'crack/007-gt.png']) {
      expect(maskKey(`ground_truth/${mask}`, 'mvtec')).toBe(maskKey('test/crack/007.jpg', 'mvtec'))
    }
    expect(maskKey('masks/bad/1.png', 'flat')).toBe(maskKey('bad/1.jpg', 'flat'))
  })

  it('is not one of the photographs', async () => {
    const { photographs } = await planFolder(
      await folderWith('test/a/1.png', 'ground_truth/a/1_mask.png', 'train/good/1.png'),
    )
    expect(photographs.map(({ file, masks }) => [file, masks])).toEqual([
      ['train/good/1.png', []],
      ['test/a/1.png', ['ground_truth/a/1_mask.png']],
    ])
  })
})

describe('planning a folder', () => {
  it('says that there is nothing in it', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    await expect(planFolder(folder)).rejects.toMatchObject({ code: 'folder-empty' })
  })

  it('previews what would become of each subfolder', async () => {
    const folder = await folderWith(
      'good/1.png',
      'good/2.png',
      'bad/dent/1.png',
      'x.png',
      'masks/bad/dent/1.png',
    )
    const group = { holds: 'photographs', mixed: false, masked: 0 }
    expect(await previewFolder(folder)).toEqual({
      folder,
      layout: 'flat',
      recognized: 'folders',
      files: 4,
      masks: 1,
      unlabeled: 1,
      suggestedName: suggestedName(folder),
      rangeNeeded: null,
      groups: [
        { ...group, path: '.', files: 1, split: 'test', label: 'unlabeled', defectType: null },
        {
          ...group,
          path: 'bad/dent',
          files: 1,
          split: null,
          label: 'anomalous',
          defectType: 'dent',
          masked: 1,
        },
        { ...group, path: 'good', files: 2, split: null, label: 'normal', defectType: null },
        {
          path: 'masks/bad/dent',
          files: 1,
          holds: 'masks',
          split: null,
          label: 'unlabeled',
          defectType: null,
          mixed: false,
          masked: 1,
        },
      ],
      groupCount: 4,
      pairs: [{ file: 'bad/dent/1.png', masks: ['masks/bad/dent/1.png'] }],
      documents: [],
      documentCount: 0,
      leftOut: [],
      leftOutCount: 0,
      notes: [],
      noteCount: 0,
      passedOver: [],
    })
  })

  it('suggests the folder’s name for the dataset', () => {
    expect(suggestedName('/photos/magnetic-tile_2')).toBe('magnetic tile 2')
    expect(suggestedName('/')).toBe('dataset')
  })
})

/** Pictures of this content: a number is a photograph, m a mask, e a mask that marks nothing. */
async function pictures(files: Record<string, number | 'm' | 'e' | string>): Promise<string> {
  const content = { m: await mask(), e: await mask(24, 24, 0) }
  return writeFolder(
    temporaryFolder(),
    Object.fromEntries(
      Object.entries(files).map(([file, of]) => [file, of === 'm' || of === 'e' ? content[of] : of]),
    ),
  )
}

/** Each photograph as "file split label type: masks". */
async function planned(folder: string, options: Parameters<typeof planFolder>[1] = {}): Promise<string[]> {
  const { photographs } = await planFolder(folder, options)
  return photographs.map(({ file, split, label, defectType, masks }) => {
    const type = defectType === null ? '' : ` ${defectType}`
    return `${file} ${split ?? 'drawn'} ${label}${type}${masks.length > 0 ? `: ${masks.join(' + ')}` : ''}`
  })
}

describe('a public layout, imported without an option', () => {
  it('MVTec LOCO AD and AutoVI: a folder of masks for each photograph', async () => {
    const folder = await pictures({
      'train/good/000.png': 1,
      'validation/good/000.png': 2,
      'test/good/000.png': 3,
      'test/logical_anomalies/000.png': 4,
      'test/structural_anomalies/000.png': 5,
      'ground_truth/logical_anomalies/000/000.png': 'm',
      'ground_truth/logical_anomalies/000/001.png': 'm',
      'ground_truth/structural_anomalies/000/000.png': 'm',
      'defects_config.json': '[{"defect_name": "a", "pixel_value": 255}]',
    })
    expect((await planFolder(folder)).recognized).toBe('mvtec-loco')
    expect(await planned(folder)).toEqual([
      'train/good/000.png drawn normal',
      'validation/good/000.png validation normal',
      'test/good/000.png test normal',
      'test/logical_anomalies/000.png test anomalous logical_anomalies: ground_truth/logical_anomalies/000/000.png + ground_truth/logical_anomalies/000/001.png',
      'test/structural_anomalies/000.png test anomalous structural_anomalies: ground_truth/structural_anomalies/000/000.png',
    ])
  })

  it('MPDD: types of defects whose names have a word for bad in them', async () => {
    const folder = await pictures({
      'train/good/000.png': 1,
      'test/good/000.png': 2,
      'test/defective_painting/000.png': 3,
      'ground_truth/defective_painting/000_mask.png': 'm',
    })
    expect((await planFolder(folder)).recognized).toBe('mvtec-ad')
    expect(await planned(folder)).toContain(
      'test/defective_painting/000.png test anomalous defective_painting: ground_truth/defective_painting/000_mask.png',
    )
  })

  it('DAGM: masks in Label, and no mask where there is no defect', async () => {
    const folder = await pictures({
      'Train/0001.PNG': 1,
      'Train/0002.PNG': 2,
      'Train/Label/Labels.txt': '1',
      'Train/Label/0002_label.PNG': 'm',
      'Test/0001.PNG': 3,
      'Test/0002.PNG': 4,
      'Test/Label/0001_label.PNG': 'm',
    })
    expect((await planFolder(folder)).recognized).toBe('dagm')
    expect(await planned(folder)).toEqual([
      'Train/0001.PNG drawn normal',
      'Train/0002.PNG train from-mask: Train/Label/0002_label.PNG',
      'Test/0001.PNG test from-mask: Test/Label/0001_label.PNG',
      'Test/0002.PNG test normal',
    ])
  })

  it('Real-IAD: a mask of the same name beside its photograph, and lists of the splits', async () => {
    const folder = await pictures({
      'OK/S1/pad_OK_C1.jpg': 1,
      'OK/S2/pad_OK_C1.jpg': 2,
      'NG/BX/S3/pad_NG_C1.jpg': 3,
      'NG/BX/S3/pad_NG_C1.png': 'm',
    })
    expect((await planFolder(folder)).recognized).toBe('real-iad')
    expect(await planned(folder)).toEqual([
      'NG/BX/S3/pad_NG_C1.jpg drawn anomalous BX: NG/BX/S3/pad_NG_C1.png',
      'OK/S1/pad_OK_C1.jpg drawn normal',
      'OK/S2/pad_OK_C1.jpg drawn normal',
    ])
    await writeFolder(folder, {
      'realiad_jsons/pad.json': JSON.stringify({
        meta: { prefix: 'pad/', normal_class: 'OK' },
        train: [{ category: 'pad', anomaly_class: 'OK', image_path: 'OK/S1/pad_OK_C1.jpg', mask_path: null }],
        test: [
          { category: 'pad', anomaly_class: 'OK', image_path: 'OK/S2/pad_OK_C1.jpg', mask_path: null },
          {
            category: 'pad',
            anomaly_class: 'BX',
            image_path: 'NG/BX/S3/pad_NG_C1.jpg',
            mask_path: 'NG/BX/S3/pad_NG_C1.png',
          },
        ],
      }),
    })
    expect(await planned(folder)).toEqual([
      'OK/S1/pad_OK_C1.jpg drawn normal',
      'NG/BX/S3/pad_NG_C1.jpg test anomalous BX: NG/BX/S3/pad_NG_C1.png',
      'OK/S2/pad_OK_C1.jpg test normal',
    ])
  })

  it('CVAT’s "Segmentation mask": classes are used, the same pixels as objects are not', async () => {
    const folder = await pictures({
      'JPEGImages/1.png': 1,
      'JPEGImages/2.png': 2,
      'SegmentationClass/1.png': 'm',
      'SegmentationObject/1.png': 'm',
      'ImageSets/Segmentation/default.txt': '1',
      'labelmap.txt': 'background:0,0,0::',
    })
    const plan = await planFolder(folder)
    expect(plan.recognized).toBe('segmentation-classes')
    expect(plan.leftOut).toContainEqual({
      file: 'SegmentationObject/1.png',
      code: 'mask-of-instances',
      params: {},
    })
    expect(await planned(folder)).toEqual([
      'JPEGImages/1.png drawn from-mask: SegmentationClass/1.png',
      'JPEGImages/2.png test unlabeled',
    ])
  })

  it('COCO, labelme, Label Studio, CVAT and Pascal VOC, each with its photographs', async () => {
    const coco = await pictures({
      'images/default/1.png': 1,
      'annotations/instances_default.json': '{"licenses": [], "info": {}, "categories": [], "images": []}',
    })
    expect(await planFolder(coco)).toMatchObject({
      recognized: 'coco',
      documents: [{ file: 'annotations/instances_default.json', format: 'coco' }],
    })
    const labelme = await pictures({ 'a/1.png': 1, 'a/1.json': '{"version": "5.0.1", "shapes": []}' })
    expect(await planFolder(labelme)).toMatchObject({
      recognized: 'labelme',
      documents: [{ file: 'a/1.json', format: 'labelme' }],
    })
    for (const [recognized, name, text] of [
      ['label-studio', 'tasks.json', '[{"id": 1, "annotations": [], "data": {"image": "1.png"}}]'],
      ['label-studio', 'min.json', '[{"image": "1.png", "id": 1, "choice": "ok", "annotation_id": 1}]'],
      ['cvat', 'annotations.xml', '<?xml version="1.0"?><annotations><version>1.1</version></annotations>'],
      ['voc', 'images/1.xml', '<annotation><filename>1.png</filename></annotation>'],
    ]) {
      const plan = await planFolder(await pictures({ 'images/1.png': 1, [name ?? '']: text ?? '' }))
      expect(plan).toMatchObject({ recognized, documents: [{ file: name, format: recognized }], leftOut: [] })
    }
  })

  it('Label Studio and CVAT say what photographs are by choices and tags', async () => {
    const choice = (image: string, ...choices: string[]) => ({
      data: { image },
      annotations: [{ result: [{ type: 'choices', value: { choices } }] }],
    })
    const studio = await pictures({
      'images/1.png': 1,
      'images/2.png': 2,
      'images/3.png': 3,
      'images/4.png': 4,
      'project.json': JSON.stringify([
        choice('/data/upload/1/0a1b2c3d-1.png', 'good'),
        choice('/data/upload/1/0a1b2c3d-2.png', 'scratch'),
        choice('/data/upload/1/0a1b2c3d-3.png', 'good', 'scratch'),
      ]),
    })
    expect(await planned(studio)).toEqual([
      'images/1.png drawn normal',
      'images/2.png drawn anomalous scratch',
      'images/3.png drawn unlabeled',
      'images/4.png drawn unlabeled',
    ])
    const { notes } = await planFolder(studio)
    expect(notes.map(({ file, code }) => [file, code])).toEqual([
      ['project.json', 'table-likely-files'],
      ['images/3.png', 'table-contradicts'],
    ])
    const cvat = await pictures({
      'images/1.png': 1,
      'images/2.png': 2,
      'annotations.xml':
        '<annotations><image name="1.png" subset="Train"><tag label="OK"/></image>' +
        '<image name="2.png" subset="Test"><tag label="dent"/></image></annotations>',
    })
    expect(await planned(cvat)).toEqual(['images/1.png drawn normal', 'images/2.png test anomalous dent'])
  })
})

describe('a document of which labels are not read because of its size', () => {
  it('is named', async () => {
    const folder = await pictures({
      'images/1.png': 1,
      'project.json': '[{"data": {"image": "1.png"}, "annotations": []}]',
    })
    // Zeros behind its text, which take no place on the disk.
    truncateSync(join(folder, 'project.json'), 400e6 + 1)
    const { notes, photographs } = await planFolder(folder)
    expect(photographs).toHaveLength(1)
    expect(notes).toEqual([{ file: 'project.json', code: 'labels-too-large', params: { megabytes: 400 } }])
  })
})

describe('a table beside photographs', () => {
  it('says which masks were found only by the name that an annotation program makes', async () => {
    const folder = await pictures({
      'a/1.png': 1,
      'm/x (1).png': 'm',
      'list.csv': 'file,label,mask\n1.png,NG,/data/upload/1/0a1b2c3d-x_1.png\n',
    })
    const { notes } = await planFolder(folder)
    expect(await planned(folder)).toEqual(['a/1.png drawn anomalous: m/x (1).png'])
    expect(notes).toEqual([
      { file: 'list.csv', code: 'table-likely-files', params: { count: 1, names: ['m/x (1).png'] } },
    ])
  })

  it.each([
    ['the other form of Unicode', 'masks/\u00e9.png', 'masks/e\u0301.png', false],
    ['another case', 'masks/A.png', 'MASKS/a.PNG', false],
    ['backslashes', 'masks/a.png', '.\\masks\\a.png', false],
    ['the way up from another folder', 'masks/a.png', '..\\masks\\a.png', false],
    ['a drive', 'masks/a.png', 'D:\\line\\masks\\a.png', false],
    ['characters of another width, which is only likely', 'masks/a1.png', 'masks/\uff41\uff11.png', true],
  ])('names a mask in %s', async (_, mask, named, isLikely) => {
    const folder = await pictures({
      'a/1.png': 1,
      [mask]: 'm',
      'list.csv': `file,label,mask\na/1.png,NG,${named}\n`,
    })
    const { notes } = await planFolder(folder)
    expect(await planned(folder)).toEqual([`a/1.png drawn anomalous: ${mask}`])
    expect(notes).toEqual(
      isLikely ? [{ file: 'list.csv', code: 'table-likely-files', params: { count: 1, names: [mask] } }] : [],
    )
  })

  it.each([
    ['a column that is yes for good parts', 'path,ok\na/1.png,1\na/2.png,0\n'],
    [
      'lines about the file before its header',
      '# exported\n# today\nsep=;\nfile;label\na/1.png;i.O.\na/2.png;n.i.O.\n',
    ],
    ['paths of another machine', 'path;result\nD:\\x\\a\\1.png;OK\nD:\\x\\a\\2.png;NG\n'],
  ])('may have %s', async (_, text) => {
    const folder = await pictures({ 'a/1.png': 1, 'a/2.png': 2, 'list.csv': text })
    expect(await planned(folder)).toEqual(['a/1.png drawn normal', 'a/2.png drawn anomalous'])
  })

  it('that Fanoscope wrote has the names and types of before, also those that are no formula in it', async () => {
    const head = csvHead(['image', 'dataset', 'file', 'split', 'label', 'defect_type', 'score'])
    const names = ['a/1.png', '=2.png', "'+3.png", '-螺丝.png']
    const rows = names.map((name, i) => [
      i,
      'parts',
      name,
      'test',
      i === 0 ? 'normal' : 'anomalous',
      i === 0 ? null : '@dent',
      -0.5,
    ])
    const folder = await pictures({
      ...Object.fromEntries(names.map((name, i) => [name, i])),
      'scores.csv': head + csvLines(rows),
    })
    expect((await planned(folder)).sort()).toEqual(
      [
        'a/1.png test normal',
        '=2.png test anomalous @dent',
        "'+3.png test anomalous @dent",
        '-螺丝.png test anomalous @dent',
      ].sort(),
    )
  })

  it('that Fanoscope wrote keeps live parts live, with a label and without', async () => {
    const rows = [
      ['1.png', 'live', 'normal'],
      ['2.png', 'live', 'unlabeled'],
    ]
    const folder = await pictures({
      '1.png': 1,
      '2.png': 2,
      'scores.csv': csvHead(['file', 'split', 'label']) + csvLines(rows),
    })
    expect(await planned(folder)).toEqual(['1.png live normal', '2.png live unlabeled'])
  })

  it('says label, split, mask and type, in the words of its language', async () => {
    const folder = await pictures({ 'a/1.png': 1, 'a/2.png': 2, 'a/3.png': 3, 'm/x.png': 'm' })
    const tables = {
      'labels.csv':
        'Dateiname;Ergebnis;Split;Maske;Fehlerart\r\n1.png;i.O.;train;;\r\n2.png;n.i.O.;test;x.png;Kratzer\r\n3.png;iO;test;;\r\n',
      'labels.tsv':
        '\ufeff文件名\t判定\t数据集\t掩码\t缺陷类型\n1.png\t良品\t训练\t\t\n2.png\t不良\t测试\tm/x.png\tKratzer\n3.png\tOK\t测试\t\t\n',
    }
    for (const [name, text] of Object.entries(tables)) {
      const copy = await pictures({ 'a/1.png': 1, 'a/2.png': 2, 'a/3.png': 3, 'm/x.png': 'm', [name]: text })
      expect(await planned(copy)).toEqual([
        'a/1.png drawn normal',
        'a/2.png test anomalous Kratzer: m/x.png',
        'a/3.png test normal',
      ])
    }
    expect(await planned(folder)).toContain('a/1.png test unlabeled')
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'that may not be read is named, and the plan goes on',
    async () => {
      const folder = await pictures({ 'a/1.png': 1, 'list.csv': 'file,label\na/1.png,NG\n' })
      chmodSync(join(folder, 'list.csv'), 0)
      const { photographs, notes } = await planFolder(folder)
      expect(photographs).toHaveLength(1)
      expect(notes.map(({ file, code }) => [file, code])).toEqual([['list.csv', 'list-unreadable']])
    },
  )

  it('is read in the encoding in which its files are found', async () => {
    const folder = await pictures({ '裂纹.png': 1 })
    // "裂纹" in GBK.
    await writeFolder(folder, {
      'labels.csv': Buffer.concat([
        Buffer.from('file,label\n'),
        Buffer.from([0xc1, 0xd1, 0xce, 0xc6]),
        Buffer.from('.png,NG\n'),
      ]),
    })
    expect(await planned(folder)).toEqual(['裂纹.png drawn anomalous'])
  })

  it('leaves unlabeled what it contradicts or does not understand, and says so', async () => {
    const folder = await pictures({
      'good/1.png': 1,
      'x/2.png': 2,
      'x/3.png': 3,
      'labels.csv': 'file,label\ngood/1.png,NG\nx/2.png,1\nx/4.png,good\n',
    })
    const { notes } = await planFolder(folder)
    expect(await planned(folder)).toEqual([
      'x/2.png test unlabeled',
      'x/3.png test unlabeled',
      'good/1.png test unlabeled',
    ])
    expect(notes.map(({ file, code }) => [file, code])).toEqual([
      ['labels.csv', 'table-without-file'],
      ['labels.csv', 'table-unclear'],
      ['good/1.png', 'table-contradicts'],
    ])
  })
})

describe('which mask belongs to which photograph', () => {
  it('by the folder that is called as the photograph, before the number in that folder', async () => {
    const folder = await pictures({
      'train/good/x.png': 1,
      'test/dent/000.png': 2,
      'test/dent/001.png': 3,
      'ground_truth/dent/000/000.png': 'm',
      'ground_truth/dent/000/001.png': 'm',
      'ground_truth/dent/001/000.png': 'm',
    })
    expect(await planned(folder)).toEqual([
      'train/good/x.png drawn normal',
      'test/dent/000.png test anomalous dent: ground_truth/dent/000/000.png + ground_truth/dent/000/001.png',
      'test/dent/001.png test anomalous dent: ground_truth/dent/001/000.png',
    ])
  })

  it.each([
    ['NFC and NFD', 'test/crack/\u00e9.png', 'ground_truth/crack/e\u0301_mask.png'],
    ['upper and lower case', 'test/Crack/A.PNG', 'GROUND_TRUTH/crack/a_MASK.png'],
    ['another number word', 'test/crack/image3.png', 'ground_truth/crack/mask3.png'],
    ['the ending in the name', 'test/crack/000.jpg', 'ground_truth/crack/000.jpg_mask.png'],
    ['a split among the masks', 'test/crack/1.png', 'ground_truth/test/crack/1.png'],
    ['one folder of masks for all', 'test/crack/1.png', 'masks/1.png'],
    ['another word for bad', 'test/defect/1.png', 'ground_truth/ko/1_mask.png'],
  ])('%s', async (_, file, maskFile) => {
    const folder = await pictures({ 'train/good/x.png': 1, [file]: 2, [maskFile]: 'm' })
    const { photographs } = await planFolder(folder)
    expect(photographs.find((photograph) => photograph.file === file)?.masks).toEqual([maskFile])
  })

  it('unites several masks of one photograph', async () => {
    const folder = await pictures({
      'train/good/x.png': 1,
      'test/crack/1.png': 2,
      'ground_truth/crack/1_mask_0.png': 'm',
      'ground_truth/crack/1_mask_1.png': 'm',
    })
    expect(await planned(folder)).toContain(
      'test/crack/1.png test anomalous crack: ground_truth/crack/1_mask_0.png + ground_truth/crack/1_mask_1.png',
    )
  })

  it('does not share a mask between cameras, and names it with both', async () => {
    const folder = await pictures({
      'cam1/bad/1.png': 1,
      'cam2/bad/1.png': 2,
      'masks/bad/1.png': 'm',
      'good/1.png': 3,
    })
    const { photographs, notes } = await planFolder(folder)
    expect(photographs.flatMap(({ masks }) => masks)).toEqual([])
    expect(notes).toEqual([
      {
        file: 'masks/bad/1.png',
        code: 'mask-ambiguous',
        params: { files: ['cam1/bad/1.png', 'cam2/bad/1.png'] },
      },
    ])
  })

  it('decides by size between photographs of one name', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      'cam1/bad/1.png': await photograph(1, 40, 30),
      'cam2/bad/1.png': await photograph(2, 24, 24),
      'masks/bad/1.png': await mask(40, 30),
    })
    expect(await planned(folder)).toEqual([
      'cam1/bad/1.png drawn anomalous: masks/bad/1.png',
      'cam2/bad/1.png drawn anomalous',
    ])
  })

  it('does not give the mask of a test photograph that is missing to one of another split', async () => {
    const folder = await pictures({
      'train/good/x.png': 1,
      'test/crack/1.png': 2,
      'validation/crack/2.png': 3,
      'ground_truth/crack/2_mask.png': 'm',
    })
    const { photographs, notes } = await planFolder(folder)
    expect(photographs.flatMap(({ masks }) => masks)).toEqual([])
    expect(notes.map(({ file }) => file)).toEqual(['ground_truth/crack/2_mask.png'])
  })

  it('does not take 1_3 for a mask of 1 where photographs are numbered so', async () => {
    const folder = await pictures({
      'train/good/x.png': 1,
      'test/crack/1.png': 2,
      'test/crack/1_2.png': 3,
      'ground_truth/crack/1_3.png': 'm',
      'ground_truth/crack/1_2.png': 'm',
    })
    const { notes } = await planFolder(folder)
    expect(await planned(folder)).toContain(
      'test/crack/1_2.png test anomalous crack: ground_truth/crack/1_2.png',
    )
    expect(notes).toEqual([{ file: 'ground_truth/crack/1_3.png', code: 'mask-alone', params: {} }])
  })
})

it('A file of an ending that says nothing is a photograph where it begins as one, and else left out', async () => {
  const folder = await writeFolder(temporaryFolder(), {
    'a/1.png': 1,
    'a/2.img': 2,
    'a/3': 3,
    'a/4.dat': 'values of a sensor',
    'a/5': 'words',
    'a/6.heic': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
  })
  const { photographs, leftOut } = await planFolder(folder)
  // One that cannot be read is refused by its kind when it is.
  expect(photographs.map(({ file }) => file).toSorted()).toEqual(['a/1.png', 'a/2.img', 'a/3', 'a/6.heic'])
  expect(leftOut.map(({ file, code }) => `${file} ${code}`).toSorted()).toEqual([
    'a/4.dat not-an-image',
    'a/5 not-an-image',
  ])
})

describe('a picture that looks like a mask', () => {
  it.each(['good/1_GT.png', 'good/1_label.bmp', 'good/1_mask.png', 'good/1_seg.png', 'good/mask_1.png'])(
    'is no photograph: %s',
    async (file) => {
      const folder = await pictures({ 'good/1.png': 1, 'good/2.png': 2, [file]: 'm' })
      expect(await planned(folder)).toEqual([`good/1.png drawn normal: ${file}`, 'good/2.png drawn normal'])
    },
  )

  it('is named where no photograph belongs to it', async () => {
    const folder = await pictures({ 'good/1.png': 1, 'good/7_mask.png': 'm' })
    const { notes } = await planFolder(folder)
    expect(await planned(folder)).toEqual(['good/1.png drawn normal'])
    expect(notes).toEqual([{ file: 'good/7_mask.png', code: 'mask-alone', params: {} }])
  })

  it('is one where a whole folder of them is called as photographs elsewhere are', async () => {
    const folder = await pictures({
      'parts/1.png': 1,
      'parts/2.png': 2,
      'annos/1.png': 'm',
      'annos/2.png': 'e',
    })
    expect(await planned(folder)).toEqual([
      'parts/1.png drawn from-mask: annos/1.png',
      'parts/2.png drawn from-mask: annos/2.png',
    ])
  })

  it('is one in a folder that has the folders of the photographs in it once more', async () => {
    const folder = await pictures({ 'monday/1.png': 1, 'tuesday/1.png': 2, 'outlines/monday/1.png': 'm' })
    expect(await planned(folder)).toEqual([
      'monday/1.png drawn from-mask: outlines/monday/1.png',
      'tuesday/1.png test unlabeled',
    ])
  })

  it('is told from a photograph of a label by its pixels', async () => {
    const folder = await pictures({
      'good/1_label.png': 1,
      'good/1.png': 2,
      'labels/1.png': 3,
      'boxes/1.png': 4,
    })
    expect(await planned(folder)).toHaveLength(4)
  })
})

describe('what a person says of a folder', () => {
  it('is taken over what the names say, also of masks', async () => {
    const folder = await pictures({ 'a/1.png': 1, 'b/1.png': 'm', 'masks/2.png': 3 })
    const said = { skip: false, split: null, label: 'normal', defectType: null } as const
    const corrections = [
      { ...said, path: 'a', label: 'anomalous' as const, defectType: 'dent' },
      { ...said, path: 'b', holds: 'masks' as const },
      { ...said, path: 'masks', holds: 'photographs' as const },
    ]
    expect(await planned(folder, { corrections })).toEqual([
      'a/1.png drawn anomalous dent: b/1.png',
      'masks/2.png drawn normal',
    ])
  })
})
