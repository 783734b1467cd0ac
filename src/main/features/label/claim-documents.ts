/** Reads the documents of annotation programs, and finds the photographs that they are about. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { MaskImport, MaskImportFormat } from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import type { Size } from '../../images/orientation.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { parseDocument } from '../../platform/read-document.ts'
import { parseXml } from '../../platform/xml.ts'
import { labelsOfCvat, labelsOfLabelStudio } from '../layouts/classified.ts'
import type { TableRow } from '../layouts/table.ts'
import { namesOfAddress } from '../layouts/upload-names.ts'
import { aboutImage, type ClaimContext, Claims, imagesByName, noImage } from './claims.ts'
import { type CocoReading, readCoco } from './coco.ts'
import { readCvat } from './cvat.ts'
import { readLabelStudio } from './label-studio.ts'
import { type LabelmeReading, readLabelme, shown } from './labelme.ts'
import { folded, type Match, type Wanted } from './match-photograph.ts'
import { readVoc } from './voc.ts'

/** The formats that are documents, and not pictures. */
export type DocumentFormat = Exclude<MaskImportFormat, 'mvtec'>

export const isXml = (format: MaskImportFormat): boolean => format === 'cvat' || format === 'voc'

export async function claimsOfDocuments(
  context: ClaimContext,
  files: readonly string[],
  format: DocumentFormat,
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Promise<Claims> {
  const { root, report } = context
  const claims = new Claims()
  const byName = imagesByName(names, images)
  for (const file of files) {
    try {
      const bytes = await readFile(join(root, file))
      const isOne = await claimDocument({ ...context, claims, file, byName }, format, bytes)
      if (!isOne) report.skipped.push({ file, ...message('not-of-format', { format }) })
    } catch (error) {
      const reason =
        error instanceof SyntaxError
          ? message('not-of-format', { format })
          : message('refused', { failure: inside('failure', failureData(error)) })
      report.skipped.push({ file, ...reason })
    }
  }
  return claims
}

interface DocumentContext extends ClaimContext {
  claims: Claims
  file: string
  /** Photographs by the names that documents of their own have. */
  byName: ReadonlyMap<string, Image>
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
      claimLabels(context, labelsOfCvat(root))
      return claimImages(context, readCvat(root))
    }
    return claimOne(context, readVoc(root), { isTurnable: false })
  }
  const { value, notes } = parseDocument(bytes)
  if (format === 'label-studio') claimLabels(context, labelsOfLabelStudio(value))
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
function claimLabels(
  { match, report, claims, file, readsLabels }: DocumentContext,
  rows: readonly TableRow[] | null,
): void {
  if (!readsLabels) return
  const unclear = new Map<string, number>()
  for (const row of rows ?? []) {
    const found = besideDocument(match, file, row.file) ?? photographAt(match, row.file, null)
    if (found.image === null) report.skipped.push({ file, ...noImage(found, row.file) })
    else if (row.label !== null) claims.labels.push({ image: found.image, file, row })
    if (row.unclear !== null) unclear.set(row.unclear, (unclear.get(row.unclear) ?? 0) + 1)
  }
  for (const [value, count] of [...unclear].slice(0, 20)) {
    report.notes.push({ file, ...message('table-unclear', { value: shown(value), count }) })
  }
}

/** A document about many photographs. */
function claimImages(
  { match, report, claims, file }: DocumentContext,
  document: { images: CocoReading[]; notes: Message[] } | null,
): boolean {
  if (document === null) return false
  report.notes.push(...document.notes.map((note) => ({ file, ...note })))
  for (const reading of document.images) {
    if (reading.count === 0) continue
    const { sha256, size } = reading
    const found = besideDocument(match, file, reading.file) ?? match({ name: reading.file, sha256, size })
    if (found.image === null) report.skipped.push({ file, ...noImage(found, reading.file) })
    else claimDrawn({ report, claims, file, image: found.image, isLikely: found.isLikely }, reading, false)
  }
  return true
}

/** An export of Label Studio, which names photographs by the addresses that it gave them. */
function claimTasks({ match, report, claims, file }: DocumentContext, value: unknown): boolean {
  const document = readLabelStudio(value)
  if (document === null) return false
  report.notes.push(...document.notes.map((note) => ({ file, ...note })))
  for (const { address, size, count, shapesOn } of document.tasks) {
    if (count === 0) continue
    const found = besideDocument(match, file, address) ?? photographAt(match, address, size)
    if (found.image === null) report.skipped.push({ file, ...noImage(found, address) })
    else {
      const { image, isLikely } = found
      claimDrawn({ report, claims, file, image, isLikely }, { size, ...shapesOn(image) }, false)
    }
  }
  return true
}

/** The photograph of this name in the folder of the document, or below it: each split may have a document of its own. */
function besideDocument(match: ClaimContext['match'], document: string, name: string): Match | null {
  const folder = dirname(document)
  if (folder === '.' || name.includes('/') || name.includes('\\')) return null
  const found = match({ name: `${folder}/${name}`, isWhole: true })
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
  { match, report, claims, file, byName }: DocumentContext,
  reading: LabelmeReading | null,
  { isTurnable }: { isTurnable: boolean },
): boolean {
  if (reading === null) return false
  const { size, imagePath } = reading
  const stem = file.replace(/\.(?:json|xml)$/i, '')
  const folder = dirname(file) === '.' ? '' : `${dirname(file)}/`
  const photograph = imagePath?.replaceAll('\\', '/').split('/').at(-1) ?? ''
  const named = byName.get(folded(stem))
  const tries: Wanted[] = [
    ...(photograph === '' ? [] : [{ name: folder + photograph, size, isWhole: true }]),
    { name: stem, size, isStem: true, isWhole: true },
    ...(imagePath === null ? [] : [{ name: imagePath, size }]),
    ...(photograph === '' ? [] : [{ name: folder + photograph, size }]),
    { name: stem, size, isStem: true },
    ...(photograph === '' ? [] : [{ name: photograph, size }]),
  ]
  let found: Match = named ? { image: named, isLikely: false } : { image: null, candidates: [] }
  for (const wanted of tries) {
    if (found.image !== null) break
    const next = match(wanted)
    if (next.image !== null || found.candidates.length === 0) found = next
  }
  if (found.image === null) {
    report.skipped.push({ file, ...noImage(found, imagePath ?? file) })
    return true
  }
  claimDrawn({ report, claims, file, image: found.image, isLikely: found.isLikely }, reading, isTurnable)
  return true
}

function claimDrawn(
  to: { report: MaskImport; claims: Claims; file: string; image: Image; isLikely: boolean },
  reading: Pick<CocoReading, 'size' | 'shapes' | 'notes'>,
  isTurnable: boolean,
): void {
  const { report, claims, file, image } = to
  const { size, shapes, notes } = reading
  report.notes.push(...notes.map((note) => aboutImage(file, image, note)))
  if (to.isLikely) report.notes.push({ file, ...message('likely-image', { file: image.file }) })
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
