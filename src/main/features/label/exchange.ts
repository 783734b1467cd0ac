/** Imports the masks of a whole dataset in the formats of other tools. */
import { resolve } from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure, failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { MaskImport, MaskImportFormat } from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { areasOf, defectsOf, rasterize } from '../../../shared/rasterize.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { requireNotFrozen } from '../../store/frozen.ts'
import { findImage, iterateImages, setLabel } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'
import { isClassList } from '../layouts/class-lists.ts'
import { folderOf } from '../layouts/find-masks.ts'
import { walkFiles } from '../layouts/walk.ts'
import { isYoloList } from '../layouts/yolo-files.ts'
import { saveAnnotation } from './annotate.ts'
import { claimsOfDocuments, type DocumentFormat, documentEnding } from './claim-documents.ts'
import { claimsOfMasks, isMaskPicture } from './claim-masks.ts'
import { conformed } from './claimed-shapes.ts'
import type { Claim, Claims } from './claims.ts'
import { readClassNames } from './class-names.ts'
import { labelmeNames, maskNames } from './export-names.ts'
import { photographMatcher } from './match-photograph.ts'
import { readYoloClasses } from './yolo-classes.ts'

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
    /** Beside `only`, the files that name classes. */
    lists?: readonly string[]
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
  const files = only ? [...only, ...(request.lists ?? [])] : []
  if (only === undefined) for await (const file of walkFiles(root)) files.push(file)
  const context = {
    workspace,
    root,
    match: photographMatcher(images),
    report,
    invert: request.invert ?? false,
    readsLabels: request.keepLabels !== true,
    // A document names the types of its shapes itself.
    classes: await readClassNames(root, format === 'mvtec' ? files.filter(isClassList) : [], (about) =>
      report.notes.push(about),
    ),
  }
  const used = format === 'mvtec' ? isMaskPicture(files) : documentsOf(format, files)
  if (used.length === 0) {
    throw new Failure('masks-not-found', {
      case: format === 'mvtec' ? 'ground-truth' : documentEnding(format),
      format,
      folder: root,
    })
  }
  const lists = format === 'yolo' ? files.filter(isYoloList) : []
  const yoloClasses = await readYoloClasses(root, lists, (about) => report.notes.push(about))
  const claims =
    format === 'mvtec'
      ? await claimsOfMasks(context, used, maskNames(images, dataset.layout), images)
      : await claimsOfDocuments(context, used, format, labelmeNames(images), images, yoloClasses)
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

function documentsOf(format: DocumentFormat, files: readonly string[]): string[] {
  const ending = `.${documentEnding(format)}`
  const isSplit = format === 'yolo' ? isSplitList(files) : () => false
  return files.filter((file) => file.toLowerCase().endsWith(ending) && !isYoloList(file) && !isSplit(file))
}

/** Whether a file lists the photographs of a split: it stands beside the description of a data set. */
function isSplitList(files: readonly string[]): (file: string) => boolean {
  const described = new Set(files.filter((file) => /\.(?:ya?ml|data)$/i.test(file)).map(folderOf))
  return (file) =>
    /(?:^|\/)(?:train|valid|validation|val|test)\.txt$/i.test(file) && described.has(folderOf(file))
}

/** Labels of documents go to images that have none; another label is never written over. */
function giveLabels(
  { db }: Workspace,
  labels: Claims['labels'],
  report: Pick<MaskImport, 'labeled' | 'skipped' | 'notes'>,
): void {
  const give = ({ image: claimed, file, row }: Claims['labels'][number]): void => {
    const image = findImage(db, claimed.id)
    if (row.label === null || row.label === image.label) return
    if (image.label !== 'unlabeled') {
      const params = {
        file: image.file,
        label: inside('label', message(image.label)),
        other: inside('label', message(row.label)),
      }
      report.notes.push({ file, ...message('label-kept', params) })
      return
    }
    try {
      requireNotFrozen(db, [image.id])
    } catch (error) {
      report.skipped.push({ file, ...message('refused', { failure: inside('failure', failureData(error)) }) })
      return
    }
    setLabel(db, image.id, row.label, row.defectType)
    report.labeled += 1
  }
  if (labels.length > 0) db.transaction(() => labels.forEach(give))
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
    const raster = rasterize(shapes, image.width, image.height)
    if (areasOf(raster).length === 0) return claim.refusal ?? message('marks-no-pixel')
    await saveAnnotation(context.workspace, { image: image.id, shapes, operatorId })
    if (image.label === 'normal' && areasOf(defectsOf(raster)).length > 0) {
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
