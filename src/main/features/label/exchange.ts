/** Exports and imports the masks of a whole dataset in the formats of other tools. */
import { basename, join, resolve } from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure, failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { MaskExport, MaskFormat, MaskImport, MaskImportFormat, Shape } from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { maskPng } from '../../images/mask-png.ts'
import { areasOf, rasterize } from '../../images/rasterize.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { requireNotFrozen } from '../../store/frozen.ts'
import { findImage, iterateImages, setLabel } from '../../store/images.ts'
import { requireOutside, type Workspace } from '../../store/workspace.ts'
import { isClassList } from '../layouts/class-lists.ts'
import { walkFiles } from '../layouts/walk.ts'
import { maskShapesOf, saveAnnotation, shapesOf } from './annotate.ts'
import { claimsOfDocuments, isXml } from './claim-documents.ts'
import { claimsOfMasks, isMaskPicture } from './claim-masks.ts'
import { conformed } from './claimed-shapes.ts'
import type { Claim, Claims } from './claims.ts'
import { readClassNames } from './class-names.ts'
import { cocoWriter } from './coco.ts'
import { labelmeNames, maskNames } from './export-names.ts'
import { toLabelme } from './labelme.ts'
import { photographMatcher } from './match-photograph.ts'

export const cocoFile = 'annotations.json'

type Told = Message & { file: string }

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
  const all: Image[] = [...iterateImages(workspace.db, { datasetId: dataset.id })]
  const marked = all.filter(({ maskSha256 }) => maskSha256 !== null)
  if (marked.length === 0) {
    throw new Failure('nothing-to-export', { dataset: dataset.name })
  }
  const names = format === 'labelme' ? labelmeNames(all) : maskNames(all, dataset.layout)
  const coco = cocoWriter()
  const notes: Told[] = []
  const written = new Set<string>()
  const write = async (name: string, content: Buffer | string): Promise<void> => {
    const path = join(folder, name)
    await replaceFile(path, content)
    written.add(path)
  }
  for (const image of marked) {
    const { file, sha256, width, height } = image
    const shapes = await shapesToExport(workspace, image, notes)
    const name = names.get(image.id) ?? String(image.id)
    if (format === 'coco') {
      coco.add({ file, sha256, width, height, shapes })
    } else if (format === 'labelme') {
      const document = await toLabelme({ file: basename(file), width, height }, shapes)
      await write(`${name}.json`, `${JSON.stringify(document, null, 2)}\n`)
    } else {
      const raster = rasterize(shapes, width, height)
      const types = areasOf(raster).map(({ defectType }) => defectType)
      if (types.length > 1) notes.push({ file, ...message('types-not-in-mask', { types }) })
      await write(`ground_truth/${name}_mask.png`, await maskPng(raster))
    }
  }
  if (format === 'coco') await write(cocoFile, `${JSON.stringify(coco.finish())}\n`)
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

/**
 * Reads masks for images of a dataset, matched by name and size. What several files say about one image is united;
 * earlier shapes of it are replaced. A file or a piece of one that cannot be used is named and costs nothing else.
 *
 * @throws Failure `folder-unreadable`, `masks-not-found`, `disk-full`
 */
export async function importMasks(
  workspace: Workspace,
  request: {
    dataset: Dataset
    format: MaskImportFormat
    folder: string
    /** Only these files of the folder, by their paths in it; where it is left out, all of the format. */
    only?: ReadonlySet<string>
    /** Whether an image may be drawn on: false passes over it, a message says why it is skipped. */
    mayDrawOn?: (image: Image) => boolean | Message
    /** Leave the labels as they are: the plan of an import has read those of its documents. */
    keepLabels?: boolean
    /** Take for the defect what the masks do not mark. */
    invert?: boolean
    operatorId?: number | null
  },
): Promise<MaskImport> {
  const { dataset, format, only, mayDrawOn = () => true, operatorId = null } = request
  const root = resolve(request.folder)
  const images: Image[] = [...iterateImages(workspace.db, { datasetId: dataset.id })]
  const report: MaskImport = { images: 0, labeled: 0, skipped: [], notes: [] }
  const files: string[] = []
  for await (const file of walkFiles(root)) if (only?.has(file) ?? true) files.push(file)
  const context = {
    workspace,
    root,
    match: photographMatcher(images),
    report,
    invert: request.invert ?? false,
    readsLabels: request.keepLabels !== true,
    classes: await readClassNames(root, files.filter(isClassList)),
  }
  const ending = isXml(format) ? /\.xml$/i : /\.json$/i
  const used = format === 'mvtec' ? isMaskPicture(files) : files.filter((file) => ending.test(file))
  if (used.length === 0) {
    throw new Failure('masks-not-found', {
      case: format === 'mvtec' ? 'ground-truth' : isXml(format) ? 'xml' : 'json',
      format,
      folder: root,
    })
  }
  const claims =
    format === 'mvtec'
      ? await claimsOfMasks(context, used, maskNames(images, dataset.layout), images)
      : await claimsOfDocuments(context, used, format, labelmeNames(images), images)
  for (const claim of claims.list()) {
    const may = mayDrawOn(claim.image)
    if (may !== true) {
      if (may !== false) report.skipped.push({ file: claim.files[0] ?? claim.image.file, ...may })
      continue
    }
    const named = report.skipped.length
    const refused = await keep(context, claim, operatorId)
    if (refused === null) report.images += 1
    // Where each of its files was named already, that says all.
    else if (report.skipped.length - named < claim.files.length) {
      report.skipped.push({ file: claim.files[0] ?? claim.image.file, ...refused })
    }
  }
  giveLabels(workspace, claims.labels, report)
  return report
}

/** Labels of documents go to images that have none; another label is never written over. */
function giveLabels(
  { db }: Workspace,
  labels: Claims['labels'],
  report: Pick<MaskImport, 'labeled' | 'skipped' | 'notes'>,
): void {
  for (const { image: claimed, file, row } of labels) {
    const image = findImage(db, claimed.id)
    if (row.label === null || row.label === image.label) continue
    if (image.label !== 'unlabeled') {
      const params = {
        file: image.file,
        label: inside('label', message(image.label)),
        other: inside('label', message(row.label)),
      }
      report.notes.push({ file, ...message('label-kept', params) })
      continue
    }
    try {
      requireNotFrozen(db, [image.id])
    } catch (error) {
      report.skipped.push({ file, ...message('refused', { failure: inside('failure', failureData(error)) }) })
      continue
    }
    setLabel(db, image.id, row.label, row.defectType)
    report.labeled += 1
  }
}

/** Stores what files say about one image; otherwise says why not. */
async function keep(
  context: Parameters<typeof conformed>[0],
  claim: Claim,
  operatorId: number | null,
): Promise<Message | null> {
  const { image } = claim
  try {
    const shapes = await conformed(context, claim)
    if (areasOf(rasterize(shapes, image.width, image.height)).length === 0) {
      return claim.refusal ?? message('marks-no-pixel')
    }
    await saveAnnotation(context.workspace, { image: image.id, shapes, operatorId })
    if (image.label === 'normal') {
      context.report.notes.push({
        file: claim.files[0] ?? image.file,
        ...message('was-normal', { file: image.file }),
      })
    }
    return null
  } catch (error) {
    // An image that is refused is named and skipped; a failure such as a full disk ends the import.
    const failure = failureData(error)
    if (error instanceof Failure && !(error instanceof ImageRefusal) && failure.code !== 'validation-frozen')
      throw error
    return message('refused', { failure: inside('failure', failure) })
  }
}
