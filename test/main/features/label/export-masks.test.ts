/** What other tools find in an export of masks. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { saveAnnotation, shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { exportMasks } from '../../../../src/main/features/label/export-masks.ts'
import { readYoloList } from '../../../../src/main/features/layouts/yolo-lists.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { Image } from '../../../../src/shared/image.ts'
import type { Shape } from '../../../../src/shared/label.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { partPicture } from '../../engine/parts.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'
import { writeLine } from '../line.ts'
import { filesBelow } from './files-below.ts'

const dent: Shape = { kind: 'rectangle', defectType: 'dent', x: 4, y: 6, width: 10, height: 5 }
const scratch: Shape = { kind: 'stroke', defectType: 'scratch', size: 3, points: [20, 20, 28, 26] }

/** The photographs of a folder, the first two with something drawn on them; and the same without, to import into. */
async function datasets(photographs: string) {
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  const of = async (dataset: string) => {
    await importFolder(workspace, { folder: photographs, dataset })
    return findDataset(workspace.db, dataset)
  }
  const [from, to] = [await of('from'), await of('to')]
  const imagesOf = ({ id }: typeof from): Image[] => listImages(workspace.db, { datasetId: id })
  const drawn = imagesOf(from)
    .filter(({ label }) => label !== 'normal')
    .slice(0, 2)
  for (const [i, image] of drawn.entries()) {
    const shapes = i === 0 ? [dent] : [dent, scratch]
    await saveAnnotation(workspace, { image: image.id, shapes, operatorId: null })
  }
  return {
    workspace,
    from,
    to,
    folder: join(temporaryFolder(), 'out'),
    /** The areas of each type on each photograph that has any. */
    async marks(dataset: typeof from) {
      const found: Record<string, { defectType: string; area: number }[]> = {}
      for (const { id, file, width, height, maskSha256 } of imagesOf(dataset)) {
        if (maskSha256 === null) continue
        found[file] = areasOf(rasterize(await shapesOf(workspace, id), width, height))
      }
      return found
    },
  }
}

async function flatFolder(): Promise<string> {
  const files: Record<string, Buffer> = {}
  for (let i = 0; i < 3; i++) files[`part-${i}.png`] = await partPicture(i, {})
  return writeFolder(join(temporaryFolder(), 'flat'), files)
}

const lineFolder = (): Promise<string> => writeLine(join(temporaryFolder(), 'line'), { good: 3, test: 4 })

it('MVTec of a dataset without folders has a folder for each type, from which the types come back', async () => {
  const { workspace, from, to, folder, marks } = await datasets(await flatFolder())
  await exportMasks(workspace, { dataset: from, format: 'mvtec', folder })
  expect(
    filesBelow(folder)
      .map((file) => relative(folder, file))
      .sort(),
  ).toEqual(['ground_truth/dent/part-0_mask.png', 'ground_truth/dent/part-1_mask.png'])
  await importMasks(workspace, { dataset: to, format: 'mvtec', folder })
  const [was, is] = [await marks(from), await marks(to)]
  expect(is['part-0.png']).toEqual(was['part-0.png'])
  expect(is['part-1.png']?.map(({ defectType }) => defectType)).toEqual(['dent'])
})

it('Pascal VOC has its classes also as pictures, with the colors that its list names', async () => {
  const { workspace, from, to, folder, marks } = await datasets(await lineFolder())
  await exportMasks(workspace, { dataset: from, format: 'voc', folder })
  expect(readFileSync(join(folder, 'labelmap.txt'), 'utf8')).toContain('dent:128,0,0::\nscratch:0,128,0::')
  await importMasks(workspace, { dataset: to, format: 'mvtec', folder })
  expect(await marks(to)).toEqual(await marks(from))
})

it('Pascal VOC has the box of each object for programs that know no more', async () => {
  const { workspace, from, folder } = await datasets(await lineFolder())
  await exportMasks(workspace, { dataset: from, format: 'voc', folder })
  const document = filesBelow(join(folder, 'Annotations')).sort()[0] ?? ''
  const text = readFileSync(document, 'utf8')
  expect(text).toContain('<bndbox><xmin>4</xmin><ymin>6</ymin><xmax>14</xmax><ymax>11</ymax></bndbox>')
})

it('YOLO lists its classes and the photographs of each split', async () => {
  const { workspace, from, folder } = await datasets(await lineFolder())
  await exportMasks(workspace, { dataset: from, format: 'yolo', folder })
  const { names, splits } = readYoloList('data.yaml', readFileSync(join(folder, 'data.yaml')))
  expect([...names]).toEqual([
    [0, 'dent'],
    [1, 'scratch'],
  ])
  const images = listImages(workspace.db, { datasetId: from.id })
  for (const { split, path } of splits) {
    const listed = readFileSync(join(folder, path), 'utf8').trim().split('\n')
    const own = images.filter((image) => image.split === split).map(({ file }) => `./images/${file}`)
    expect(listed.sort()).toEqual(own.sort())
  }
  expect(splits.map(({ split }) => split)).toContain('test')
})

it('YOLO for detection has the box around each object, which comes back', async () => {
  const { workspace, from, to, folder, marks } = await datasets(await lineFolder())
  await exportMasks(workspace, { dataset: from, format: 'yolo-boxes', folder })
  const lines = filesBelow(join(folder, 'labels')).map((file) =>
    readFileSync(file, 'utf8').trim().split('\n'),
  )
  expect(lines.flat().every((line) => line.split(' ').length === 5)).toBe(true)
  await importMasks(workspace, { dataset: to, format: 'yolo', folder })
  const [was, is] = [await marks(from), await marks(to)]
  const [first = ''] = Object.keys(was)
  // The first has one rectangle, which is its own box.
  expect(is[first]).toEqual(was[first])
  expect(Object.keys(is)).toEqual(Object.keys(was))
})
