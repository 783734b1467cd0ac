/** What lies in a folder, by the names and, for what is no picture by its ending, by the first bytes of the files. */
import { join, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { ImportPlan, JunkKind } from '../../../shared/import-plan.ts'
import { withBytes } from '../../images/byte-source.ts'
import { fileType } from '../../images/file-type.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { isClassList } from './class-lists.ts'
import { type DocumentKind, documentKind } from './documents.ts'
import { plain } from './folder-names.ts'
import { isPictureFolder, maskRole, splitOfFolder } from './folder-roles.ts'
import { type LeftOut, walkFiles } from './walk.ts'
import { isYoloList, type YoloText, yoloPlace, yoloText } from './yolo-files.ts'

export interface Listing {
  root: string
  /** Pictures by their ending or their content, and what may be one; in the order of the walk. */
  pictures: string[]
  tables: string[]
  /** Files that can say what the classes of masks are. */
  classLists: string[]
  documents: { file: string; kind: DocumentKind }[]
  /** Beside labels of YOLO: files without a line, lists of classes and splits, and other texts, which lists may name. */
  yolo: { empty: string[]; lists: string[]; texts: string[] }
  leftOut: LeftOut[]
  passedOver: ImportPlan['passedOver']
}

/** Of so many files with one of the usual endings of other files the content is looked at; where not one was a picture, the others are none. */
const lookedAt = 200

const endingOf = (file: string): string => /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''

/** Endings of photographs: what is wrong with one of them is said when it is read. Others are looked at before. */
const pictureEndings = new Set('png apng jpg jpeg jpe jfif tif tiff bmp dib webp gif'.split(' '))

/** Endings of files that people keep beside photographs, often many of one, and that are no pictures. */
const otherEndings = new Set(
  (
    'txt names md rst log ini cfg conf toml yaml yml cache py ipynb m mat c cpp h js ts sh bat ps1 exe dll so zip rar 7z tar gz bz2 xz ' +
    'doc docx xls xlsx ppt pptx pdf odt ods rtf html htm xml json jsonl csv tsv db sqlite npy npz pkl pt pth onnx h5 hdf5 ' +
    'mp4 avi mov mkv wmv mp3 wav lnk url sha256 md5 cff bib'
  ).split(' '),
)

const isPicture = (path: string): boolean => {
  try {
    withBytes(path, fileType)
    return true
  } catch (error) {
    // A picture of a kind that cannot be read is refused with its kind when it is imported.
    if (error instanceof ImageRefusal) return error.code === 'unsupported-type'
    throw error
  }
}

/**
 * @throws Failure `folder-unreadable`; `folder-empty` where there is nothing to look at; `import-cancelled`
 */
export async function listFolder(
  folder: string,
  options: { followLinks: boolean; signal?: AbortSignal | undefined },
): Promise<Listing> {
  const root = resolve(folder)
  const junk = new Map<JunkKind, { count: number; example: string }>()
  const listing: Listing = {
    root,
    pictures: [],
    tables: [],
    classLists: [],
    documents: [],
    yolo: { empty: [], lists: [], texts: [] },
    leftOut: [],
    passedOver: [],
  }
  const { leftOut } = listing
  const texts: { file: string; kind: YoloText }[] = []
  const others = new Map<string, { seen: number; pictures: number }>()
  const walk = walkFiles(root, {
    followLinks: options.followLinks,
    onLeftOut: (left) => void leftOut.push(left),
    onJunk(kind, example) {
      const known = junk.get(kind)
      if (known) known.count += 1
      else junk.set(kind, { count: 1, example })
    },
  })
  for await (const file of walk) {
    if (options.signal?.aborted) throw new Failure('import-cancelled')
    const ending = endingOf(file)
    const path = join(root, file)
    if (isYoloList(file)) listing.yolo.lists.push(file)
    if (isClassList(file)) listing.classLists.push(file)
    if (isYoloList(file) || isClassList(file)) continue
    if (pictureEndings.has(ending)) {
      listing.pictures.push(file)
      continue
    }
    if (ending === 'txt') {
      const kind = yoloText(path)
      if (kind === 'other') listing.yolo.texts.push(file)
      else {
        texts.push({ file, kind })
        continue
      }
    }
    if (ending === 'json' || ending === 'xml') {
      const kind = await documentKind(path)
      if (kind !== null && kind !== 'other') {
        listing.documents.push({ file, kind })
        continue
      }
    }
    if (ending === 'csv' || ending === 'tsv') {
      listing.tables.push(file)
      continue
    }
    const known = others.get(ending) ?? { seen: 0, pictures: 0 }
    others.set(ending, known)
    const isLookedAt = !otherEndings.has(ending) || known.seen < lookedAt || known.pictures > 0
    known.seen += 1
    if (isLookedAt && isPicture(path)) {
      known.pictures += 1
      listing.pictures.push(file)
    } else leftOut.push({ file, code: 'not-an-image', params: {} })
  }
  settleYolo(listing, texts)
  listing.passedOver = [...junk].map(([kind, counted]) => ({ kind, ...counted }))
  if (listing.pictures.length + listing.tables.length + listing.documents.length > 0) return listing
  requireFiles(root, leftOut)
  return listing
}

/**
 * Texts are labels of YOLO where one at least is nothing else, or has such lines beside a list of classes, and has the
 * name of a photograph; then those with broken lines or none are labels too. In another folder they are files like any other, and so are the lists.
 */
function settleYolo(listing: Listing, texts: readonly { file: string; kind: YoloText }[]): void {
  const { leftOut, yolo } = listing
  const isUsed = texts.length > 0 && hasYoloLabels(listing, texts)
  for (const { file, kind } of texts) {
    if (!isUsed) leftOut.push({ file, code: 'not-an-image', params: {} })
    else if (kind === 'empty') yolo.empty.push(file)
    else listing.documents.push({ file, kind: 'yolo' })
  }
  if (isUsed) return
  for (const file of yolo.lists) {
    if (!isClassList(file)) leftOut.push({ file, code: 'not-an-image', params: {} })
  }
  yolo.lists = []
}

function hasYoloLabels(
  { pictures, yolo }: Pick<Listing, 'pictures' | 'yolo'>,
  texts: readonly { file: string; kind: YoloText }[],
): boolean {
  const places = new Set(pictures.map(yoloPlace))
  // Beside a list of classes, one broken line does not make labels another file.
  const isLabels = (kind: YoloText): boolean =>
    kind === 'labels' || (kind === 'maybe' && yolo.lists.length > 0)
  return texts.some(({ file, kind }) => isLabels(kind) && places.has(yoloPlace(file)))
}

/** @throws Failure `folder-empty` unless there were files that could be looked at */
function requireFiles(folder: string, leftOut: readonly LeftOut[]): void {
  if (leftOut.some(({ code }) => code === 'not-an-image')) return
  const links = leftOut.filter(({ code }) => code.startsWith('link-')).length
  if (links > 0) throw new Failure('folder-empty', { case: 'links', folder, count: links })
  const [first] = leftOut
  if (first === undefined) throw new Failure('folder-empty', { folder })
  throw new Failure('folder-empty', { case: 'left-out', folder, count: leftOut.length, file: first.file })
}

/** The folders that have files in them, with those around them. */
export function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>()
  for (const file of files) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  return [...folders]
}

/**
 * A folder of data sets is not imported as one: the parts of different products would become one.
 * @throws Failure `several-datasets`
 */
export function requireOneDataset(root: string, folders: readonly string[]): void {
  // Beside labels/train and labels/test, images/train and images/test are splits of one data set.
  const hasLabels = folders.some((folder) => maskRole(folder.split('/')[0] ?? '') !== null)
  const isSplitInside = (name: string): boolean =>
    hasLabels && (isPictureFolder(name) || maskRole(name) !== null)
  const inside = new Map<string, Set<string>>()
  for (const folder of folders) {
    const [first = '', second, third] = folder.split('/')
    if (second === undefined || isSplitInside(first)) continue
    const names = inside.get(first) ?? new Set()
    inside.set(first, names)
    names.add(splitOfFolder(second) ?? plain(second))
    if (third !== undefined) names.add(`${plain(second)}/${plain(third)}`)
  }
  const withSplits = [...inside].filter(([, names]) => names.has('train') && names.has('test'))
  const withImages = [...inside].filter(([, names]) => names.has('data/images'))
  const datasets = withSplits.length > 0 ? withSplits : withImages.length > 1 ? withImages : []
  const [example] = datasets
  if (example === undefined) return
  throw new Failure('several-datasets', {
    folder: root,
    ...(datasets.length === 1 ? { case: 'one' } : {}),
    count: datasets.length,
    datasets: datasets.slice(0, 8).map(([name]) => name),
    example: resolve(root, example[0]),
  })
}
