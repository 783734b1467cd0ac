/** Reads the documents of annotation programs, and finds the photographs that they are about. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import { type MaskImportFormat, unnamedDefect } from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import type { Size } from '../../images/orientation.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { decodeText, parseDocument } from '../../platform/read-document.ts'
import { parseXml } from '../../platform/xml.ts'
import { labelsOfCvat, labelsOfLabelStudio } from '../layouts/classified.ts'
import type { TableRow } from '../layouts/table.ts'
import { namesOfAddress } from '../layouts/upload-names.ts'
import { placeFinder } from '../layouts/yolo-files.ts'
import { aboutImage, type ClaimContext, Claims, imagesByName, noImage } from './claims.ts'
import { type CocoReading, readCoco } from './coco.ts'
import { readCvat } from './cvat.ts'
import { readLabelStudio } from './label-studio.ts'
import { type LabelmeReading, readLabelme, shown } from './labelme.ts'
import { folded, type Match, type Wanted } from './match-photograph.ts'
import { readVoc } from './voc.ts'
import { readYolo } from './yolo.ts'
import type { ClassesOf } from './yolo-classes.ts'

/** The formats that are documents, and not pictures. */
export type DocumentFormat = Exclude<MaskImportFormat, 'mvtec'>

/** The ending of the documents of a format. */
export const documentEnding = (format: DocumentFormat): 'json' | 'xml' | 'txt' =>
  format === 'yolo' ? 'txt' : format === 'cvat' || format === 'voc' ? 'xml' : 'json'

export async function claimsOfDocuments(
  context: ClaimContext,
  files: readonly string[],
  format: DocumentFormat,
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
  yoloClasses: ClassesOf,
): Promise<Claims> {
  const { root, report } = context
  const claims = new Claims()
  const byName = imagesByName(names, images)
  const yolo = {
    classesOf: yoloClasses,
    atPlace: placeFinder(images, ({ file }) => file),
    empty: [],
    unlisted: new Map(),
  }
  for (const file of files) {
    try {
      const bytes = await readFile(join(root, file))
      const likely = new Set<Image['id']>()
      const isOne = await claimDocument({ ...context, claims, file, byName, likely, yolo }, format, bytes)
      if (!isOne) report.skipped.push({ file, ...message('not-of-format', { format }) })
    } catch (error) {
      const reason =
        error instanceof SyntaxError
          ? message('not-of-format', { format })
          : message('refused', { failure: inside('failure', failureData(error)) })
      report.skipped.push({ file, ...reason })
    }
  }
  noteYolo(yolo, report)
  return claims
}

/** What files of YOLO need beside themselves, and what is said of all of them together. */
interface YoloContext {
  classesOf: ClassesOf
  /** The photograph that has its place in common with a file of labels; null where none has it, or several. */
  atPlace: (file: string) => Image | null
  /** Files without a line. */
  empty: string[]
  /** Numbers of classes where no list names any, with the first file that has them. */
  unlisted: Map<number, string>
}

function noteYolo({ empty, unlisted }: YoloContext, report: ClaimContext['report']): void {
  const [first] = unlisted.values()
  if (first !== undefined) {
    const ids = [...unlisted.keys()].sort((a, b) => a - b)
    report.notes.push({
      file: first,
      ...message('classes-unlisted', { ids: ids.slice(0, 20), type: unnamedDefect }),
    })
  }
  const [file] = empty
  if (file === undefined) return
  const params = { case: 'masks', count: empty.length, names: empty.slice(0, 5) }
  report.notes.push({ file, ...message('yolo-empty', params) })
}

interface DocumentContext extends ClaimContext {
  claims: Claims
  file: string
  /** Photographs by the names that documents of their own have. */
  byName: ReadonlyMap<string, Image>
  /** Photographs of which it is said already that only a likely name found them. */
  likely: Set<Image['id']>
  yolo: YoloContext
}

/** @returns whether it is a document of the format. @throws SyntaxError */
async function claimDocument(
  context: DocumentContext,
  format: DocumentFormat,
  bytes: Buffer,
): Promise<boolean> {
  if (format === 'cvat' || format === 'voc') {
    const root = parseXml(bytes)
    if (format === 'cvat') {
      if (context.readsLabels) claimLabels(context, labelsOfCvat(root))
      return claimImages(context, readCvat(root))
    }
    return claimOne(context, readVoc(root), { isTurnable: false })
  }
  if (format === 'yolo') return claimYolo(context, decodeText(bytes).text)
  const { value, notes } = parseDocument(bytes)
  if (format === 'label-studio' && context.readsLabels) claimLabels(context, labelsOfLabelStudio(value))
  const isOne =
    format === 'coco'
      ? claimImages(context, readCoco(value))
      : format === 'labelme'
        ? claimOne(context, await readLabelme(value), { isTurnable: true })
        : claimTasks(context, value)
  if (isOne) context.report.notes.push(...notes.map((note) => ({ file: context.file, ...note })))
  return isOne
}

/** What a document says of whole photographs. */
function claimLabels(context: DocumentContext, rows: readonly TableRow[] | null): void {
  const { match, report, claims, file } = context
  const unclear = new Map<string, number>()
  for (const row of rows ?? []) {
    const found = besideDocument(match, file, row.file) ?? photographAt(match, row.file, null)
    if (found.image === null) report.skipped.push({ file, ...noImage(found, row.file) })
    else if (row.label !== null) {
      claims.labels.push({ image: found.image, file, row })
      noteLikely(context, found)
    }
    if (row.unclear !== null) unclear.set(row.unclear, (unclear.get(row.unclear) ?? 0) + 1)
  }
  for (const [value, count] of [...unclear].slice(0, 20)) {
    report.notes.push({ file, ...message('table-unclear', { value: shown(value), count }) })
  }
}

/** A document about many photographs. */
function claimImages(
  context: DocumentContext,
  document: { images: CocoReading[]; notes: Message[] } | null,
): boolean {
  const { match, report, file } = context
  if (document === null) return false
  report.notes.push(...document.notes.map((note) => ({ file, ...note })))
  let ofFrames = 0
  let firstFrame = ''
  for (const reading of document.images) {
    if (reading.count === 0) continue
    const { sha256, size, isFrame = false } = reading
    const found =
      besideDocument(match, file, reading.file, isFrame) ??
      match({ name: reading.file, sha256, size, isStem: isFrame })
    if (found.image === null && found.candidates.length === 0 && isFrame) {
      ofFrames += reading.count
      firstFrame ||= reading.file
    } else if (found.image === null) report.skipped.push({ file, ...noImage(found, reading.file) })
    else claimDrawn(context, found, reading, false)
  }
  if (ofFrames > 0) {
    const params = { case: 'track', count: ofFrames, name: firstFrame }
    report.notes.push({ file, ...message('annotation-left-out', params) })
  }
  return true
}

/** An export of Label Studio, which names photographs by the addresses that it gave them. */
function claimTasks(context: DocumentContext, value: unknown): boolean {
  const { match, report, file } = context
  const document = readLabelStudio(value)
  if (document === null) return false
  report.notes.push(...document.notes.map((note) => ({ file, ...note })))
  for (const { address, size, count, shapesOn } of document.tasks) {
    if (count === 0) continue
    const found = besideDocument(match, file, address) ?? photographAt(match, address, size)
    if (found.image === null) report.skipped.push({ file, ...noImage(found, address) })
    else claimDrawn(context, found, { size, ...shapesOn(found.image) }, false)
  }
  return true
}

/** The photograph of this name in the folder of the document, or below it: each split may have a document of its own. */
function besideDocument(
  match: ClaimContext['match'],
  document: string,
  name: string,
  isStem = false,
): Match | null {
  const folder = dirname(document)
  if (folder === '.' || name.includes('/') || name.includes('\\')) return null
  const found = match({ name: `${folder}/${name}`, isStem, isWhole: true })
  return found.image === null ? null : found
}

/** The photograph that an annotation program's address means. */
function photographAt(match: ClaimContext['match'], address: string, size: Size | null): Match {
  let first: Match = { image: null, candidates: [] }
  for (const [i, name] of namesOfAddress(address).entries()) {
    const found = match({ name, size, isUploaded: true })
    if (found.image !== null) return { image: found.image, isLikely: found.isLikely || i > 0 }
    if (found.candidates.length > 0 && first.image === null && first.candidates.length === 0) first = found
  }
  return first
}

/** A document about one photograph, beside which it lies, and which it names, often with a path of another machine. */
function claimOne(
  context: DocumentContext,
  reading: LabelmeReading | null,
  { isTurnable }: { isTurnable: boolean },
): boolean {
  const { match, report, file, byName } = context
  if (reading === null) return false
  const { size, imagePath } = reading
  const stem = file.replace(/\.(?:json|xml)$/i, '')
  const folder = dirname(file) === '.' ? '' : `${dirname(file)}/`
  const photograph = imagePath?.replaceAll('\\', '/').split('/').at(-1) ?? ''
  const named = byName.get(folded(stem)) ?? byName.get(folded(stem.replace(/^Annotations\//i, '')))
  const tries: Wanted[] = [
    ...(photograph === '' ? [] : [{ name: folder + photograph, size, isWhole: true }]),
    { name: stem, size, isStem: true, isWhole: true },
    ...(imagePath === null ? [] : [{ name: imagePath, size }]),
    ...(photograph === '' ? [] : [{ name: folder + photograph, size }]),
    { name: stem, size, isStem: true },
    ...(photograph === '' ? [] : [{ name: photograph, size }]),
  ]
  const found: Match = named ? { image: named, isLikely: false } : firstMatch(match, tries)
  if (found.image === null) {
    report.skipped.push({ file, ...noImage(found, imagePath ?? file) })
    return true
  }
  claimDrawn(context, found, reading, isTurnable)
  return true
}

/** Labels of YOLO do not name their photograph: it has their name, beside them or in a folder of images beside theirs. */
function claimYolo(context: DocumentContext, text: string): boolean {
  const { match, report, file, byName, yolo } = context
  const reading = readYolo(text, yolo.classesOf(file))
  if (reading === null) return false
  if (reading.count === 0) {
    yolo.empty.push(file)
    return true
  }
  for (const id of reading.unlisted) if (!yolo.unlisted.has(id)) yolo.unlisted.set(id, file)
  const stem = file.replace(/\.txt$/i, '')
  const known = byName.get(folded(stem.replace(/^labels\//, ''))) ?? yolo.atPlace(file)
  const found = known
    ? { image: known, isLikely: false }
    : firstMatch(match, [
        { name: stem, isStem: true, isWhole: true },
        { name: stem, isStem: true },
      ])
  if (found.image === null) report.skipped.push({ file, ...noImage(found, file) })
  else claimDrawn(context, found, { size: null, ...reading.shapesOn(found.image) }, false)
  return true
}

/** The first of these that finds a photograph; where none does, what the first found that had several. */
function firstMatch(match: ClaimContext['match'], tries: readonly Wanted[]): Match {
  let found: Match = { image: null, candidates: [] }
  for (const wanted of tries) {
    const next = match(wanted)
    if (next.image !== null) return next
    if (found.image === null && found.candidates.length === 0) found = next
  }
  return found
}

type Found = Extract<Match, { image: Image }>

/** A photograph that was found by what an annotation program makes of a name: a person may want to look. */
function noteLikely({ report, file, likely }: DocumentContext, { image, isLikely }: Found): void {
  if (!isLikely || likely.has(image.id)) return
  likely.add(image.id)
  report.notes.push({ file, ...message('likely-image', { file: image.file }) })
}

function claimDrawn(
  context: DocumentContext,
  found: Found,
  reading: Pick<CocoReading, 'size' | 'shapes' | 'notes'>,
  isTurnable: boolean,
): void {
  const { report, claims, file } = context
  const { image } = found
  const { size, shapes, notes } = reading
  report.notes.push(...notes.map((note) => aboutImage(file, image, note)))
  noteLikely(context, found)
  const claim = claims.of(image, file)
  claim.drawn.push({ file, size, shapes, isTurnable })
  const kinds = notes.flatMap(({ code, params }) =>
    code === 'shape-left-out' && params.case === 'kind' && typeof params.kind === 'string'
      ? [params.kind]
      : [],
  )
  if (shapes.length === 0 && kinds.length > 0) {
    const refusal = new ImageRefusal('unsupported-type', { case: 'shapes', kinds: [...new Set(kinds)] })
    claim.refusal = message('refused', { failure: inside('failure', refusal) })
  }
}
