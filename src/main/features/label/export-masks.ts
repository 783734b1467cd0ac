/** Exports the masks of a whole dataset in the formats of other tools. */
import { basename, join, resolve } from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import { ignoredType, type MaskExport, type MaskFormat, type Shape } from '../../../shared/label.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import { areasOf, defectsOf, rasterize } from '../../../shared/rasterize.ts'
import { maskPng } from '../../images/mask-png.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { imagesWithIgnored } from '../../store/annotations.ts'
import { iterateImages } from '../../store/images.ts'
import { requireOutside, type Workspace } from '../../store/workspace.ts'
import { maskShapesOf, shapesOf } from './annotate.ts'
import { cocoWriter } from './coco.ts'
import { labelmeNames, maskNames, typedMaskName } from './export-names.ts'
import { toLabelme } from './labelme.ts'
import { maskPolygons } from './mask-polygons.ts'
import { withoutEnding } from './match-photograph.ts'
import { vocClasses, vocDocument } from './to-voc.ts'
import { yoloWriter } from './to-yolo.ts'

export const cocoFile = 'annotations.json'

type Told = Message & { file: string }

interface Writing {
  dataset: Dataset
  /** All photographs of the dataset. */
  images: readonly Image[]
  write(name: string, content: Buffer | string): Promise<void>
  notes: Told[]
}

interface MaskWriter {
  /** Photographs come one after another, so that only one is held in memory as pixels. */
  add(image: Image, shapes: readonly Shape[]): Promise<void>
  finish(): Promise<void>
}

const nothing = (): Promise<void> => Promise.resolve()

/** The name that an export gave a photograph, which has one in any case. */
const nameIn = (names: ReadonlyMap<Image['id'], string>, { id }: Image): string => names.get(id) ?? String(id)

function pictures({ dataset, images, write, notes }: Writing): MaskWriter {
  const names = maskNames(images, dataset.layout)
  return {
    async add(image, shapes) {
      const raster = defectsOf(rasterize(shapes, image.width, image.height))
      const types = areasOf(raster).map(({ defectType }) => defectType)
      if (types.length > 1) notes.push({ file: image.file, ...message('types-not-in-mask', { types }) })
      const name = typedMaskName(nameIn(names, image), types[0] ?? image.defectType)
      await write(`ground_truth/${name}_mask.png`, await maskPng(raster))
    },
    finish: nothing,
  }
}

function oneDocument({ write }: Writing): MaskWriter {
  const coco = cocoWriter()
  return {
    add({ file, sha256, width, height }, shapes) {
      coco.add({ file, sha256, width, height, shapes })
      return nothing()
    },
    finish: () => write(cocoFile, `${JSON.stringify(coco.finish())}\n`),
  }
}

function documents({ images, write }: Writing): MaskWriter {
  const names = labelmeNames(images)
  return {
    async add(image, shapes) {
      const { file, width, height } = image
      const document = await toLabelme({ file: basename(file), width, height }, shapes)
      await write(`${nameIn(names, image)}.json`, `${JSON.stringify(document, null, 2)}\n`)
    },
    finish: nothing,
  }
}

function voc({ images, write }: Writing): MaskWriter {
  const names = labelmeNames(images)
  const classes = vocClasses()
  return {
    async add(image, shapes) {
      const { width, height } = image
      const name = nameIn(names, image)
      await write(`Annotations/${name}.xml`, vocDocument(image, maskPolygons(shapes, width, height)))
      await write(`SegmentationClass/${name}.png`, await classes.picture(shapes, width, height))
    },
    finish: () => write('labelmap.txt', classes.list()),
  }
}

const yolo =
  (kind: 'outlines' | 'boxes') =>
  ({ images, write, notes }: Writing): MaskWriter => {
    const names = labelmeNames(images)
    const writer = yoloWriter(kind)
    return {
      async add(image, shapes) {
        const { file, width, height } = image
        const name = nameIn(names, image)
        if (name !== withoutEnding(file)) notes.push({ file, ...message('yolo-name', { name }) })
        await write(`labels/${name}.txt`, writer.lines(maskPolygons(shapes, width, height), width, height))
      },
      async finish() {
        for (const { name, content } of writer.lists(images)) await write(name, content)
      },
    }
  }

const writers: Record<MaskFormat, (writing: Writing) => MaskWriter> = {
  mvtec: pictures,
  coco: oneDocument,
  labelme: documents,
  voc,
  yolo: yolo('outlines'),
  'yolo-boxes': yolo('boxes'),
}

/** Formats that have a place for regions to be ignored. */
const keepsIgnored: ReadonlySet<MaskFormat> = new Set(['coco', 'labelme'])

/**
 * Writes the masks of a dataset's images, a file for each, or one document. The photographs are not copied; every file
 * names them by their imported path.
 *
 * @throws Failure `nothing-to-export`, `disk-full`
 */
export async function exportMasks(
  workspace: Workspace,
  request: { dataset: Dataset; format: MaskFormat; folder: string },
): Promise<MaskExport> {
  const { dataset, format } = request
  const folder = resolve(request.folder)
  requireOutside(workspace, folder)
  const images: Image[] = [...iterateImages(workspace.db, { datasetId: dataset.id })]
  const others = keepsIgnored.has(format) ? imagesWithIgnored(workspace.db, dataset.id) : new Set()
  const marked = images.filter(({ id, maskSha256 }) => maskSha256 !== null || others.has(id))
  if (marked.length === 0) {
    throw new Failure('nothing-to-export', { dataset: dataset.name })
  }
  const notes: Told[] = []
  const written = new Set<string>()
  const write = async (name: string, content: Buffer | string): Promise<void> => {
    const path = join(folder, name)
    await replaceFile(path, content)
    written.add(path)
  }
  const writer = writers[format]({ dataset, images, write, notes })
  for (const image of marked) {
    const shapes = await shapesToExport(workspace, image, notes)
    const hasIgnored = shapes.some(({ defectType }) => defectType === ignoredType)
    if (hasIgnored && !keepsIgnored.has(format))
      notes.push({ file: image.file, ...message('ignored-not-in-mask') })
    await writer.add(image, shapes)
  }
  await writer.finish()
  return { folder, images: marked.length, files: written.size, notes }
}

/** What was drawn; where that does not keep to the schema any more, the pixels of the mask made from it. */
async function shapesToExport(workspace: Workspace, image: Image, notes: Told[]): Promise<Shape[]> {
  try {
    return await shapesOf(workspace, image.id)
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'row-unreadable')) throw error
    notes.push({ file: image.file, ...message('drawing-unreadable') })
    return maskShapesOf(workspace, image.id)
  }
}
