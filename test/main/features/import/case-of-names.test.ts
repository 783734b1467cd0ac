/** Photographs whose names differ in upper and lower case only, as a file system of Linux may have them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { planFolder } from '../../../../src/main/features/layouts/plan.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { mask, writeFolder } from './photographs.ts'

type Files = Parameters<typeof writeFolder>[1]

/** Windows and macOS have one file of such a name. */
const oneFile = existsSync(import.meta.filename.toUpperCase())

/** What is drawn on each photograph after an import, and what was said. */
async function imported(files: Files) {
  const folder = await writeFolder(temporaryFolder(), files)
  const workspace = freshWorkspace()
  const report = await importFolder(workspace, { folder, dataset: 'parts' })
  const { id: datasetId } = findDataset(workspace.db, 'parts')
  const drawn: Record<string, string> = {}
  for (const { id, file, width, height } of listImages(workspace.db, { datasetId })) {
    const areas = areasOf(rasterize(await shapesOf(workspace, id), width, height))
    drawn[file] = areas.map(({ defectType }) => defectType).join(' ')
  }
  return { drawn, warnings: report.warnings.filter(({ code }) => code !== 'no-normal') }
}

const corners = [
  [4, 4],
  [12, 4],
  [12, 12],
]
const labelme = (label: string, imagePath: string): string =>
  JSON.stringify({
    version: '5.4.1',
    flags: {},
    shapes: [{ label, points: corners, shape_type: 'polygon', group_id: null, flags: {} }],
    imagePath,
    imageData: null,
    imageHeight: 24,
    imageWidth: 24,
  })
const coco = (upper: string, lower: string): string =>
  JSON.stringify({
    images: [
      { id: 1, file_name: upper, width: 24, height: 24 },
      { id: 2, file_name: lower, width: 24, height: 24 },
    ],
    categories: [
      { id: 1, name: 'upper' },
      { id: 2, name: 'lower' },
    ],
    annotations: [1, 2].map((id) => ({
      id,
      image_id: id,
      category_id: id,
      bbox: [4, 4, 8, 8],
      segmentation: [corners.flat()],
    })),
  })
const box = '0.5 0.5 0.25 0.25'

describe.skipIf(oneFile)('labels of A.png and a.png', () => {
  it.each<[string, Files]>([
    [
      'documents of labelme',
      { 'x/A.json': labelme('upper', 'A.png'), 'x/a.json': labelme('lower', 'a.png') },
    ],
    [
      'documents of labelme in another folder',
      { 'json/A.json': labelme('upper', '..\\x\\A.png'), 'json/a.json': labelme('lower', '..\\x\\a.png') },
    ],
    [
      'documents of labelme that name no photograph',
      { 'x/A.json': labelme('upper', ''), 'x/a.json': labelme('lower', '') },
    ],
    ['COCO by name', { 'all.json': coco('A.png', 'a.png') }],
    ['COCO by path', { 'all.json': coco('data/x/A.png', 'data/x/a.png') }],
    ['YOLO', { 'x/A.txt': `0 ${box}`, 'x/a.txt': `1 ${box}`, 'x/classes.txt': 'upper\nlower' }],
  ])('of %s stay apart', async (_, labels) => {
    expect(await imported({ 'x/A.png': 1, 'x/a.png': 2, ...labels })).toEqual({
      drawn: { 'x/A.png': 'upper', 'x/a.png': 'lower' },
      warnings: [],
    })
  })

  it('are named where they fit neither as they are written', async () => {
    const { drawn, warnings } = await imported({
      'x/Ab.png': 1,
      'x/aB.png': 2,
      'x/AB.json': labelme('dent', 'AB.png'),
    })
    expect(drawn).toEqual({ 'x/Ab.png': '', 'x/aB.png': '' })
    expect(warnings).toMatchObject([{ file: 'x/AB.json', code: 'annotation-skipped' }])
    expect(JSON.stringify(warnings)).toContain('several-images')
  })

  it.each(['A.png,NG\na.png,OK', 'x/A.png,NG\nx/a.png,OK', 'A,NG\na,OK'])(
    'of a table stay apart: %j',
    async (rows) => {
      const folder = await writeFolder(temporaryFolder(), {
        'x/A.png': 1,
        'x/a.png': 2,
        'list.csv': `file,label\n${rows}\n`,
      })
      const { photographs, notes } = await planFolder(folder)
      expect(photographs.map(({ file, label }) => `${file} ${label}`)).toEqual([
        'x/A.png anomalous',
        'x/a.png normal',
      ])
      expect(notes).toEqual([])
    },
  )

  it('of a table that has neither so are named', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      'Ab.png': 1,
      'aB.png': 2,
      'c.png': 3,
      'list.csv': 'file,label\nAB.png,NG\nc.png,OK\n',
    })
    const { notes } = await planFolder(folder)
    expect(notes).toEqual([
      { file: 'list.csv', code: 'table-without-file', params: { count: 1, names: ['AB.png'] } },
    ])
  })
})

/** What the plan of a folder says of each photograph's masks. */
async function masksOf(files: Files) {
  const { photographs, notes } = await planFolder(await writeFolder(temporaryFolder(), files))
  return { masks: Object.fromEntries(photographs.map((planned) => [planned.file, planned.masks])), notes }
}

describe.skipIf(oneFile)('masks of A.png and a.png', () => {
  it.each([
    ['beside both', 'A_mask.png', 'a_mask.png'],
    ['in a folder of masks', '../ground_truth/A_mask.png', '../ground_truth/a_mask.png'],
    ['with the name of the photograph alone', '../ground_truth/A.png', '../ground_truth/a.png'],
    ['with the ending in the name', '../masks/A.png_mask.png', '../masks/a.png_mask.png'],
    ['in a folder for each photograph', '../ground_truth/A/1.png', '../ground_truth/a/1.png'],
  ])('%s belong to the one in the same case', async (_, upper, lower) => {
    const [first, second] = [join('bad', upper), join('bad', lower)]
    const photographs = { 'bad/A.png': 1, 'bad/a.png': 2 }
    const marked = await mask()
    expect(await masksOf({ ...photographs, [first]: marked, [second]: marked })).toEqual({
      masks: { 'bad/A.png': [first], 'bad/a.png': [second] },
      notes: [],
    })
    expect(await masksOf({ ...photographs, [second]: marked })).toEqual({
      masks: { 'bad/A.png': [], 'bad/a.png': [second] },
      notes: [],
    })
  })

  it.each(['bad/AB_mask.png', 'ground_truth/AB_mask.png'])(
    'that fit neither as they are written are named with both: %s',
    async (file) => {
      expect(await masksOf({ 'bad/Ab.png': 1, 'bad/aB.png': 2, [file]: await mask() })).toEqual({
        masks: { 'bad/Ab.png': [], 'bad/aB.png': [] },
        notes: [{ file, code: 'mask-ambiguous', params: { files: ['bad/Ab.png', 'bad/aB.png'] } }],
      })
    },
  )

  it('are none of the two, where one of them is flat', async () => {
    expect(await masksOf({ 'bad/A.png': 1, 'bad/a.png': await mask() })).toEqual({
      masks: { 'bad/A.png': [], 'bad/a.png': [] },
      notes: [],
    })
  })

  it('that differ from their photographs in the ending only stay apart', async () => {
    const marked = await mask()
    expect(await masksOf({ 'x/A.jpg': 1, 'x/a.jpg': 2, 'x/A.png': marked, 'x/a.png': marked })).toEqual({
      masks: { 'x/A.jpg': ['x/A.png'], 'x/a.jpg': ['x/a.png'] },
      notes: [],
    })
  })
})
