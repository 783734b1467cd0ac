/** Exports and imports the masks of a whole dataset in the formats of other tools. */
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure, failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import {
  type MaskExport,
  type MaskFormat,
  type MaskImport,
  type Shape,
  unnamedDefect,
} from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { regionShapeOf } from '../../../shared/region-shape.ts'
import { readMask } from '../../images/mask.ts'
import { areasOf, rasterize } from '../../images/rasterize.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { iterateImages } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'
import { isMaskFile, maskKey } from '../layouts/mask-keys.ts'
import { walkFiles } from '../layouts/walk.ts'
import { maskPng, saveAnnotation, shapesOf } from './annotate.ts'
import { cocoSchema, cocoWriter, fromCoco } from './coco.ts'
import { fromLabelme, labelmeSchema, toLabelme } from './labelme.ts'

export const cocoFile = 'annotations.json'

const withoutEnding = (file: string): string => file.replace(/\.[^./]*$/, '')

/**
 * Writes the masks of a dataset's images. The photographs are not copied; every file names them by their imported
 * path.
 *
 * @throws Failure `nothing-to-export`, `disk-full`
 */
export async function exportMasks(
  workspace: Workspace,
  request: { dataset: Dataset; format: MaskFormat; folder: string },
): Promise<MaskExport> {
  const { dataset, format } = request
  const folder = resolve(request.folder)
  const coco = cocoWriter()
  let images = 0
  let files = 0
  const marked: Image[] = []
  for (const image of iterateImages(workspace.db, { datasetId: dataset.id })) {
    if (image.maskSha256 !== null) marked.push(image)
  }
  if (marked.length === 0) {
    throw new Failure('nothing-to-export', { dataset: dataset.name })
  }
  for (const image of marked) {
    const { file, width, height } = image
    const shapes = await shapesOf(workspace, image.id)
    images += 1
    if (format === 'coco') {
      coco.add({ file, width, height, shapes })
    } else if (format === 'labelme') {
      const document = await toLabelme({ file: basename(file), width, height }, shapes)
      await replaceFile(join(folder, `${withoutEnding(file)}.json`), `${JSON.stringify(document, null, 2)}\n`)
      files += 1
    } else {
      const raster = rasterize(shapes, width, height)
      const name = `${maskKey(file, dataset.layout)}_mask.png`
      await replaceFile(join(folder, 'ground_truth', name), await maskPng(raster))
      files += 1
    }
  }
  if (format === 'coco') {
    await replaceFile(join(folder, cocoFile), `${JSON.stringify(coco.finish())}\n`)
    files = 1
  }
  return { folder, images, files }
}

/**
 * Reads masks for images of a dataset, matched by name. Earlier shapes of an image are replaced.
 *
 * @throws Failure `folder-unreadable`, `masks-not-found`
 */
export async function importMasks(
  workspace: Workspace,
  request: {
    dataset: Dataset
    format: MaskFormat
    folder: string
    /** Only these files of the folder, by their paths in it; where it is left out, all of the format. */
    files?: ReadonlySet<string>
    /** Whether an image may be drawn on: false passes over it, a message says why it is skipped. */
    mayDrawOn?: (image: Image) => boolean | Message
  },
): Promise<MaskImport> {
  const { dataset, format, files, mayDrawOn = () => true } = request
  const root = resolve(request.folder)
  const images: Image[] = [...iterateImages(workspace.db, { datasetId: dataset.id })]
  const report: MaskImport = { images: 0, skipped: [] }
  const keep = async (file: string, image: Image, shapes: readonly Shape[]): Promise<void> => {
    if (areasOf(rasterize(shapes, image.width, image.height)).length === 0) {
      report.skipped.push({ file, ...message('marks-no-pixel') })
      return
    }
    try {
      await saveAnnotation(workspace, { image: image.id, shapes, operatorId: null })
      report.images += 1
    } catch (error) {
      const failure = failureData(error)
      if (failure.code !== 'validation-frozen') throw error
      report.skipped.push({ file, ...message('refused', { failure: inside('failure', failure) }) })
    }
  }
  let found = 0
  const read = readers[format]
  for await (const file of walkFiles(root)) {
    if (!(files?.has(file) ?? read.isFor(file))) continue
    found += 1
    try {
      for (const { name, shapes, size } of await read.read(join(root, file), file)) {
        const image = read.match(images, dataset, name)
        const may = image === undefined || mayDrawOn(image)
        if (!image) report.skipped.push({ file, ...message('no-such-image', { name }) })
        else if (may !== true) {
          if (may !== false) report.skipped.push({ file, ...may })
        } else if (size && (size.width !== image.width || size.height !== image.height)) {
          const { file: other, width: fileWidth, height: fileHeight } = image
          report.skipped.push({
            file,
            ...message('other-size', { ...size, file: other, fileWidth, fileHeight }),
          })
        } else await keep(file, image, shapes(image))
      }
    } catch (error) {
      // A file that is refused is named and skipped; a failure such as a full disk ends the import.
      if (error instanceof Failure && !(error instanceof ImageRefusal)) throw error
      const reason =
        error instanceof z.ZodError || error instanceof SyntaxError
          ? message('not-of-format', { format })
          : message('refused', { failure: inside('failure', failureData(error)) })
      report.skipped.push({ file, ...reason })
    }
  }
  if (found > 0) return report
  throw new Failure('masks-not-found', {
    case: format === 'mvtec' ? 'ground-truth' : 'json',
    format,
    folder: root,
  })
}

interface ReadMask {
  /** The name by which the image is found. */
  name: string
  shapes: (image: Image) => Shape[]
  size: { width: number; height: number } | null
}

interface MaskReader {
  isFor(file: string): boolean
  read(path: string, file: string): Promise<ReadMask[]>
  match(images: readonly Image[], dataset: Dataset, name: string): Image | undefined
}

/** The image with this path, or the only image with this name in any folder. */
function byName(images: readonly Image[], name: string): Image | undefined {
  const wanted = name.replaceAll('\\', '/')
  const exact = images.find(({ file }) => file === wanted)
  if (exact) return exact
  const stem = withoutEnding(wanted)
  const same = images.filter(({ file }) => withoutEnding(file) === stem)
  const ending = images.filter(({ file }) => withoutEnding(file).endsWith(`/${stem}`))
  const last = images.filter(({ file }) => basename(withoutEnding(file)) === basename(stem))
  for (const candidates of [same, ending, last]) if (candidates.length === 1) return candidates[0]
  return undefined
}

const readers: Record<MaskFormat, MaskReader> = {
  mvtec: {
    isFor: isMaskFile,
    async read(path, file) {
      const mask = await readMask(path)
      const name = maskKey(file, 'mvtec')
      return [
        {
          name,
          size: mask,
          shapes(image) {
            const [folder] = name.split('/')
            const type = image.defectType ?? (name.includes('/') && folder ? folder : unnamedDefect)
            const region = regionShapeOf(mask, (index) => mask.data[index] === 1, type)
            return region ? [region] : []
          },
        },
      ]
    },
    match: (images, { layout }, name) => images.find(({ file }) => maskKey(file, layout) === name),
  },
  coco: {
    isFor: (file) => file.toLowerCase().endsWith('.json'),
    async read(path) {
      const document = cocoSchema.parse(JSON.parse(await readFile(path, 'utf8')))
      return [...fromCoco(document)]
        .filter(([, { shapes }]) => shapes.length > 0)
        .map(([name, { width, height, shapes }]) => ({ name, size: { width, height }, shapes: () => shapes }))
    },
    match: (images, _dataset, name) => byName(images, name),
  },
  labelme: {
    isFor: (file) => file.toLowerCase().endsWith('.json'),
    async read(path, file) {
      const document = labelmeSchema.parse(JSON.parse(await readFile(path, 'utf8')))
      const { shapes, skipped } = await fromLabelme(document)
      if (shapes.length === 0 && skipped.length > 0) {
        throw new ImageRefusal('unsupported-type', { case: 'shapes', kinds: [...new Set(skipped)] })
      }
      const { imageWidth: width, imageHeight: height } = document
      // The JSON file lies next to its photograph; imagePath is often a path of another machine.
      return [{ name: file, size: width && height ? { width, height } : null, shapes: () => shapes }]
    },
    match: (images, _dataset, name) => byName(images, name),
  },
}
