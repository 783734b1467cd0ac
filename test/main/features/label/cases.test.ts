/** Masks and documents of kinds that people met with other tools, each imported as a whole. */
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { saveAnnotation, shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { exportMasks } from '../../../../src/main/features/label/export-masks.ts'
import { readMask } from '../../../../src/main/images/mask.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { blobFormat, listImages } from '../../../../src/main/store/images.ts'
import { openWorkspace, type Workspace } from '../../../../src/main/store/workspace.ts'
import { ignoredType, type MaskImport, type MaskImportFormat } from '../../../../src/shared/label.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { caseFolder } from '../case-folder.ts'

async function imported(folder: string) {
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  const report = await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  if (!dataset) throw new RangeError('nothing was imported')
  const images = () => listImages(workspace.db, { datasetId: dataset.id })
  const image = (file: string) => {
    const found = images().find((one) => one.file === file)
    if (!found) throw new RangeError(`${file} was not imported`)
    return found
  }
  return { workspace, dataset, report, images, image }
}

/** How many pixels are marked, and the first of them. */
async function marked(workspace: Workspace, maskSha256: string | null): Promise<string> {
  if (maskSha256 === null) return 'none'
  const format = blobFormat(workspace.db, maskSha256) ?? 'png'
  const { data, width, area } = await readMask(workspace.blobs.path(maskSha256, format))
  const first = data.indexOf(1)
  return `${area} from ${first % width}, ${Math.floor(first / width)}`
}

const reasons = ({ skipped }: MaskImport): Record<string, string> =>
  Object.fromEntries(skipped.map(({ file, code }) => [file, code]))
/** The notes as `code/case`, by the image that they are about, else by the file. */
const notesOf = ({ notes }: MaskImport): string[] =>
  notes.map(
    ({ file, code, params }) => `${params.image ?? file}: ${code}${params.case ? `/${params.case}` : ''}`,
  )

async function withLabels(folder: string, below: string, format: MaskImportFormat) {
  const set = await imported(join(folder, 'set'))
  const { workspace, dataset } = set
  return { ...set, labels: await importMasks(workspace, { dataset, format, folder: join(folder, below) }) }
}

const right = '400 from 20, 24'

const sameStem = caseFolder('07-same-stem-png-jpg')
describe.skipIf(!sameStem.isThere)('case 07: two photographs of one stem', () => {
  it.each(['mvtec', 'labelme', 'coco'] as const)(
    'have each a mask after an export as %s, and as many files as were reported',
    async (format) => {
      const { workspace, dataset, images } = await imported(join(sameStem.folder, 'set'))
      for (const [i, { id }] of images().entries()) {
        const shape = { kind: 'rectangle', defectType: 'crack', x: i + 1, y: 2, width: 3, height: 4 } as const
        await saveAnnotation(workspace, { image: id, shapes: [shape], operatorId: null })
      }
      const before = images().map(({ maskSha256 }) => maskSha256)
      const folder = join(temporaryFolder(), 'masks')
      const { files, images: count } = await exportMasks(workspace, { dataset, format, folder })
      const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
        one.isFile(),
      )
      expect(written).toHaveLength(files)
      expect(files).toBe(format === 'coco' ? 1 : images().length)
      expect(count).toBe(images().length)

      for (const { id } of images())
        await saveAnnotation(workspace, { image: id, shapes: [], operatorId: null })
      const report = await importMasks(workspace, { dataset, format, folder })
      expect(report.skipped).toEqual([])
      expect(images().map(({ maskSha256 }) => maskSha256)).toEqual(before)
    },
  )
})

const exif = caseFolder('28-exif-and-masks')
describe.skipIf(!exif.isThere)('case 28: photographs that EXIF turns', () => {
  it('have masks of their upright size, turned ones of the stored size, and a warning where nothing tells', async () => {
    const { workspace, report, image } = await imported(join(exif.folder, 'set'))
    // Stored from (20, 24) on, which EXIF turns to (72 - 24 - 20, 20).
    expect(await marked(workspace, image('test/crack/000.jpg').maskSha256)).toBe('400 from 28, 20')
    expect(await marked(workspace, image('test/crack/001.jpg').maskSha256)).toBe('400 from 28, 20')
    const warned = report.warnings
      .filter(({ file }) => file.startsWith('ground_truth'))
      .map(({ file, code }) => `${file}: ${code}`)
    expect(warned).toEqual([
      'ground_truth/crack/001_mask.png: mask-turned',
      'ground_truth/crack/002_mask.png: mask-maybe-not-turned',
    ])
  })

  it('skips COCO shapes of the stored size, since nothing tells where they were drawn', async () => {
    const { labels, image } = await withLabels(exif.folder, 'coco', 'coco')
    const { width, height } = image('test/crack/000.jpg')
    expect(labels.skipped).toEqual([
      {
        file: 'result.json',
        code: 'other-size',
        params: {
          case: 'exif',
          file: 'test/crack/000.jpg',
          width: 96,
          height: 72,
          fileWidth: width,
          fileHeight: height,
        },
      },
    ])
  })
})

const values = caseFolder('30-mask-values')
describe.skipIf(!values.isThere)('case 30: masks with any values', () => {
  it('mark 400 pixels on every photograph but that of the GIF, which is named', async () => {
    const { workspace, report, images } = await imported(join(values.folder, 'set'))
    const found: Record<string, string> = {}
    for (const { file, maskSha256 } of images()) {
      if (file.startsWith('test/crack/')) found[file] = await marked(workspace, maskSha256)
    }
    const gif = 'test/crack/gif-255.png'
    expect(found).toEqual(
      Object.fromEntries(Object.keys(found).map((file) => [file, file === gif ? 'none' : right])),
    )
    expect(report.warnings).toContainEqual(
      expect.objectContaining({ file: 'ground_truth/crack/gif-255_mask.gif', code: 'mask-refused' }),
    )
  })
})

const flat = caseFolder('32-coco-flat-segmentation')
describe.skipIf(!flat.isThere)('case 32: a segmentation that is one flat list', () => {
  it('is read as one polygon', async () => {
    const { workspace, labels, image } = await withLabels(flat.folder, 'ann', 'coco')
    expect(labels).toEqual({ images: 3, labeled: 0, skipped: [], notes: [] })
    for (const file of ['000', '001', '002']) {
      expect(await marked(workspace, image(`test/crack/${file}.png`).maskSha256)).toBe(right)
    }
  })
})

const runs = caseFolder('35-coco-rle')
describe.skipIf(!runs.isThere)('case 35: run-length encodings of COCO', () => {
  const expected = {
    '000': right,
    '001': right,
    '002': right,
    '003': 'none',
    '004': 'none',
    '005': 'none',
    '006': 'none',
    '007': '6912 from 0, 0',
  }
  it('are read where they fit the photograph; each other one is named and costs itself alone', async () => {
    const { workspace, labels, image } = await withLabels(runs.folder, 'ann', 'coco')
    const found: Record<string, string> = {}
    for (const file of Object.keys(expected)) {
      found[file] = await marked(workspace, image(`test/crack/${file}.png`).maskSha256)
    }
    expect(found).toEqual(expected)
    expect(notesOf(labels).toSorted()).toEqual([
      'test/crack/003.png: shape-left-out/runs-size',
      'test/crack/004.png: shape-left-out/runs-sum',
      'test/crack/005.png: shape-left-out/runs',
      'test/crack/006.png: shape-left-out/runs-size',
      'test/crack/007.png: shape-mostly-marked',
    ])
  })

  it('may have counts as floating point, but no negative ones', async () => {
    const { workspace, labels, image } = await withLabels(runs.folder, 'ann-one-by-one', 'coco')
    expect(await marked(workspace, image('test/crack/008.png').maskSha256)).toBe(right)
    expect(await marked(workspace, image('test/crack/009.png').maskSha256)).toBe('none')
    expect(notesOf(labels)).toContain('test/crack/009.png: shape-left-out/runs')
    expect(reasons(labels)['9.json']).toBe('marks-no-pixel')
  })
})

const lines = caseFolder('39-labelme-lines')
describe.skipIf(!lines.isThere)('case 39: lines in labelme', () => {
  it('are left out by name, and what was drawn beside them comes in', async () => {
    const { workspace, labels, image } = await withLabels(lines.folder, 'ann', 'labelme')
    expect(await marked(workspace, image('ng/n000.png').maskSha256)).toBe(right)
    expect(await marked(workspace, image('ng/n002.png').maskSha256)).toBe(right)
    expect(notesOf(labels)).toEqual(
      expect.arrayContaining(['ng/n000.png: shape-left-out/kind', 'ng/n002.png: shape-left-out/few-corners']),
    )
    expect(reasons(labels)).toEqual({ 'n001.json': 'refused', 'n003.json': 'marks-no-pixel' })
    const lineKinds = labels.skipped.find(({ file }) => file === 'n001.json')
    expect(lineKinds?.params).toMatchObject({ failure: { params: { kinds: ['line', 'point', 'points'] } } })
  })

  it('leave what was drawn before', async () => {
    const set = await imported(join(lines.folder, 'set'))
    const { workspace, dataset, image } = set
    const { id } = image('ng/n003.png')
    const shape = { kind: 'rectangle', defectType: 'crack', x: 1, y: 2, width: 3, height: 4 } as const
    await saveAnnotation(workspace, { image: id, shapes: [shape], operatorId: null })
    await importMasks(workspace, { dataset, format: 'labelme', folder: join(lines.folder, 'ann') })
    expect(await shapesOf(workspace, id)).toEqual([shape])
  })
})

const circle = caseFolder('40-labelme-big-circle')
describe.skipIf(!circle.isThere)('case 40: circles and labels beyond what can be stored', () => {
  it('are imported so that they can be opened and exported', async () => {
    const { workspace, dataset, labels, image } = await withLabels(circle.folder, 'ann', 'labelme')
    expect(labels).toMatchObject({ images: 3, skipped: [] })
    expect((await shapesOf(workspace, image('ng/n000.png').id)).map(({ defectType }) => defectType)).toEqual([
      'stain',
    ])
    const sum = Array.from(
      { length: 64 },
      (_, y) => 2 * Math.floor(Math.sqrt(1100 ** 2 - (y + 0.5 - 32) ** 2) + 0.5),
    )
    expect(await marked(workspace, image('ng/n000.png').maskSha256)).toMatch(
      new RegExp(`^${sum.reduce((total, span) => total + span, 0)} `),
    )
    expect(notesOf(labels)).toContain('ng/n001.png: shape-left-out/too-small')
    expect(await marked(workspace, image('ng/n001.png').maskSha256)).toBe(right)
    const names = (await shapesOf(workspace, image('ng/n002.png').id)).map(({ defectType }) => defectType)
    expect(names).toEqual(['长'.repeat(100), 'a b', 'defect', 'defect'])
    const folder = join(temporaryFolder(), 'masks')
    expect(await exportMasks(workspace, { dataset, format: 'labelme', folder })).toMatchObject({ files: 3 })
  })
})

const ignored = caseFolder('41-labelme-ignore-labels')
describe.skipIf(!ignored.isThere)('case 41: labels that are no defects', () => {
  it('are left out by name; a part with nothing else stays as it is', async () => {
    const { workspace, labels, image } = await withLabels(ignored.folder, 'ann', 'labelme')
    expect(await marked(workspace, image('ng/n000.png').maskSha256)).toBe(right)
    expect(image('ng/n000.png').defectType).toBe('crack')
    // What labelme calls __ignore__ is a region to be ignored; other words for it are named and left out.
    const drawn = await shapesOf(workspace, image('ng/n000.png').id)
    expect(drawn.map(({ defectType }) => defectType)).toContain(ignoredType)
    expect(image('ng/n001.png')).toMatchObject({ maskSha256: null, defectType: null })
    expect(image('good/g000.png')).toMatchObject({ label: 'normal', maskSha256: null, defectType: null })
    expect(notesOf(labels).toSorted()).toEqual([
      'good/g000.png: shape-left-out/good',
      'ng/n001.png: shape-left-out/ignored',
      'ng/n001.png: shape-left-out/ignored',
    ])
    expect(reasons(labels)).toEqual({ 'g000.json': 'marks-no-pixel', 'n001.json': 'marks-no-pixel' })
  })

  it('also where the documents lie beside the photographs', async () => {
    const folder = join(temporaryFolder(), 'beside')
    cpSync(join(ignored.folder, 'set'), folder, { recursive: true })
    const { workspace, dataset, image } = await imported(folder)
    for (const name of ['n000', 'n001']) {
      cpSync(join(ignored.folder, `ann/${name}.json`), join(folder, `ng/${name}.json`))
    }
    await importMasks(workspace, { dataset, format: 'labelme', folder })
    expect(await marked(workspace, image('ng/n000.png').maskSha256)).toBe(right)
  })
})
