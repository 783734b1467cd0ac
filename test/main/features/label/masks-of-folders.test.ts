/** Which photograph a mask belongs to, and what its classes are called. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { MaskImportFormat } from '../../../../src/shared/label.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

type Size = [width: number, height: number]
const usual: Size = [32, 24]

async function write(
  root: string,
  file: string,
  values: (i: number) => number,
  [width, height]: Size = usual,
) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  const data = Uint8Array.from({ length: width * height }, (_, i) => values(i))
  await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .toFile(join(root, file))
}

async function dataset(files: readonly (string | [string, Size])[]) {
  const folder = join(temporaryFolder(), 'photographs')
  for (const [place, entry] of files.entries()) {
    const [file, size] = typeof entry === 'string' ? [entry, usual] : entry
    await write(folder, file, (i) => (i * 7 + place * 13) % 251, size)
  }
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder, dataset: 'parts' })
  const found = datasetByName(workspace.db, 'parts')
  if (!found) throw new RangeError('nothing was imported')
  const masks = temporaryFolder()
  return {
    masks,
    importing: (format: MaskImportFormat = 'mvtec') =>
      importMasks(workspace, { dataset: found, format, folder: masks }),
    /** The areas of each type, by the file of the photograph. */
    async marked() {
      const marks: Record<string, Record<string, number>> = {}
      for (const { id, file, width, height } of listImages(workspace.db, { datasetId: found.id })) {
        const areas = areasOf(rasterize(await shapesOf(workspace, id), width, height))
        if (areas.length > 0)
          marks[file] = Object.fromEntries(areas.map(({ defectType, area }) => [defectType, area]))
      }
      return marks
    },
  }
}

const codes = (notes: readonly { code: string }[]): string[] => notes.map(({ code }) => code)
const ten = (i: number): number => (i < 10 ? 255 : 0)

describe('a mask', () => {
  it.each([
    'ground_truth/crack/001.png',
    'ground_truth/Crack/001_GT.png',
    'masks/crack/001-mask.png',
    'crack/001_label.png',
  ])('belongs to the photograph that its name means: %s', async (file) => {
    const { masks, importing, marked } = await dataset([
      'train/good/001.png',
      'test/crack/001.png',
      'test/crack/002.png',
    ])
    await write(masks, file, ten)
    expect(await importing()).toMatchObject({ images: 1, skipped: [] })
    expect(await marked()).toEqual({ 'test/crack/001.png': { crack: 10 } })
  })

  it('is united with others of the same photograph, also in a folder for each', async () => {
    const { masks, importing, marked } = await dataset([
      'train/good/000.png',
      'test/crack/000.png',
      'test/crack/001.png',
    ])
    await write(masks, 'ground_truth/crack/000/000.png', ten)
    await write(masks, 'ground_truth/crack/000/001.png', (i) => (i >= 40 && i < 45 ? 255 : 0))
    await write(masks, 'ground_truth/crack/001_mask_0.png', ten)
    await write(masks, 'ground_truth/crack/001_mask_1.png', (i) => (i >= 5 && i < 20 ? 255 : 0))
    expect(await importing()).toMatchObject({ images: 2, skipped: [] })
    expect(await marked()).toEqual({
      'test/crack/000.png': { crack: 15 },
      'test/crack/001.png': { crack: 20 },
    })
  })

  it('that several photographs could have belongs to none, and is named with them', async () => {
    const { masks, importing, marked } = await dataset([
      'train/good/000.png',
      'test/a/007.png',
      'test/b/007.png',
    ])
    await write(masks, '007_mask.png', ten)
    const { images, skipped } = await importing()
    expect([images, skipped]).toEqual([
      0,
      [
        {
          file: '007_mask.png',
          code: 'several-images',
          params: { name: '007', files: ['test/a/007.png', 'test/b/007.png'] },
        },
      ],
    ])
    expect(await marked()).toEqual({})
  })

  it('of another folder is not taken for a photograph of the same number', async () => {
    const { masks, importing } = await dataset(['train/good/000.png', 'test/a/007.png', 'test/b/008.png'])
    await write(masks, 'ground_truth/b/007_mask.png', ten)
    const { images, skipped } = await importing()
    expect([images, codes(skipped)]).toEqual([0, ['no-such-image']])
  })

  it.each<[string, string]>([
    [
      'labels/labelmap.txt',
      '# label:color_rgb:parts:actions\nbackground:0,0,0::\ncrack:1,1,1::\ndent:2,2,2::\n',
    ],
    ['class_names.txt', '_background_\ncrack\ndent\n'],
    ['labels.txt', '__ignore__\n_background_\ncrack\ndent\n'],
    [
      'defects_config.json',
      JSON.stringify(
        [1, 2].map((value) => ({ defect_name: ['crack', 'dent'][value - 1], pixel_value: value })),
      ),
    ],
  ])('has the defect types that %s lists', async (file, text) => {
    const { masks, importing, marked } = await dataset(['train/good/000.png', 'test/x/000.png'])
    const isColor = file.endsWith('labelmap.txt')
    const value = (i: number): number => (i < 10 ? 1 : i < 16 ? 2 : 0)
    if (isColor) {
      mkdirSync(join(masks, 'ground_truth/x'), { recursive: true })
      const rgb = Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => (i % 3 === 0 ? value(i / 3) * 100 : 0))
      await sharp(rgb, { raw: { width: 32, height: 24, channels: 3 } }).toFile(
        join(masks, 'ground_truth/x/000_mask.png'),
      )
    } else await write(masks, 'ground_truth/x/000_mask.png', value)
    mkdirSync(dirname(join(masks, file)), { recursive: true })
    writeFileSync(
      join(masks, file),
      isColor ? text.replace('1,1,1', '100,0,0').replace('2,2,2', '200,0,0') : text,
    )
    expect(await importing()).toMatchObject({ images: 1, notes: [] })
    expect(await marked()).toEqual({ 'test/x/000.png': { crack: 10, dent: 6 } })
  })

  it('has its classes united, and that is said, where nothing lists them', async () => {
    const { masks, importing, marked } = await dataset(['train/good/000.png', 'test/x/000.png'])
    await write(masks, 'ground_truth/x/000_mask.png', (i) => (i < 10 ? 1 : i < 16 ? 2 : 0))
    expect(codes((await importing()).notes)).toEqual(['mask-classes'])
    expect(await marked()).toEqual({ 'test/x/000.png': { x: 16 } })
  })

  it('on a part that was labeled normal says that it is anomalous now', async () => {
    const { masks, importing } = await dataset(['train/good/000.png', 'test/good/001.png', 'test/x/000.png'])
    await write(masks, 'ground_truth/good/001_mask.png', ten)
    expect(codes((await importing()).notes)).toEqual(['was-normal'])
  })
})

describe('a document', () => {
  const polygon = { label: 'dent', shape_type: 'polygon', points: [[0, 0], [4, 0], [4, 4], [0, 4]] } // biome-ignore format: corners

  it('of labelme finds its photograph by size where two have its name', async () => {
    const { masks, importing, marked } = await dataset([
      'train/good/0.png',
      'test/a/7.png',
      ['test/b/7.png', [40, 30]],
    ])
    const document = { shapes: [polygon], imagePath: 'D:\\photos\\7.png', imageWidth: 40, imageHeight: 30 }
    writeFileSync(join(masks, '7.json'), JSON.stringify(document))
    expect(await importing('labelme')).toMatchObject({ images: 1, skipped: [] })
    expect(await marked()).toEqual({ 'test/b/7.png': { dent: 16 } })
  })

  it('of COCO may name uploads as Label Studio does, which is said', async () => {
    const { masks, importing, marked } = await dataset(['train/good/0.png', 'test/a/7.png'])
    const document = {
      images: [{ id: 0, file_name: 'images\\3f2a9c01-7.png' }],
      annotations: [{ image_id: 0, category_id: 0, segmentation: [[0, 0, 4, 0, 4, 4, 0, 4]] }],
      categories: [{ id: 0, name: 'dent' }],
    }
    writeFileSync(join(masks, 'result.json'), JSON.stringify(document))
    expect(codes((await importing('coco')).notes)).toEqual(['likely-image'])
    expect(await marked()).toEqual({ 'test/a/7.png': { dent: 16 } })
  })

  it('and another one about the same photograph are united', async () => {
    const { masks, importing, marked } = await dataset(['train/good/0.png', 'test/a/7.png'])
    for (const [i, name] of ['one', 'two'].entries()) {
      const document = {
        images: [{ id: 0, file_name: 'test/a/7.png' }],
        annotations: [{ image_id: 0, category_id: 0, bbox: [i * 10, 0, 4, 4] }],
        categories: [{ id: 0, name: `type ${name}` }],
      }
      writeFileSync(join(masks, `${name}.json`), JSON.stringify(document))
    }
    await importing('coco')
    expect(await marked()).toEqual({ 'test/a/7.png': { 'type one': 16, 'type two': 16 } })
  })
})
