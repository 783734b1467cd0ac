/** What files say about the images of a dataset: for each image, the masks or shapes that were found for it. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import {
  cleanDefectType,
  type MaskFormat,
  type MaskImport,
  type Shape,
  unnamedDefect,
} from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { regionShapesOf } from '../../../shared/region-shape.ts'
import { classTexts, fitMask, interpretMask } from '../../images/mask.ts'
import { type Orientation, orientationOf, type Size, turnedSize } from '../../images/orientation.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { blobFormat } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'
import { isMaskFile, maskKey } from '../layouts/mask-keys.ts'
import type { ClassNames } from './class-names.ts'
import { type CocoReading, readCoco } from './coco.ts'
import { conformShapes, type DrawnShape, turnShapes } from './conform.ts'
import { parseDocument } from './document.ts'
import { meaningOf } from './label-words.ts'
import { readLabelme } from './labelme.ts'
import { folded, type Match, type Wanted } from './match-photograph.ts'

interface Context {
  workspace: Workspace
  root: string
  match: (wanted: Wanted) => Match
  report: MaskImport
  invert: boolean
  /** Names of the classes of masks, by a file that lists them. */
  classes: ClassNames
}

/** What files say about one image. */
export interface Claim {
  image: Image
  files: string[]
  /** Files of masks, still to be read, with the defect type that their folder names. */
  masks: { file: string; type: string | null }[]
  drawn: { file: string; size: Size | null; shapes: DrawnShape[]; isTurnable: boolean }[]
  /** Why it marks nothing, where that is known. */
  refusal: Message | null
}

const isPicture = (file: string): boolean => /\.(png|bmp|tiff?|jpe?g|webp|gif)$/i.test(file)

/** The files that are masks: those in a folder of masks; in a folder that has none, every picture. */
export function isMaskPicture(files: readonly string[]): string[] {
  const inFolder = files.filter(isMaskFile)
  return inFolder.length > 0 ? inFolder : files.filter(isPicture)
}

class Claims {
  readonly #byImage = new Map<Image['id'], Claim>()
  of(image: Image, file: string): Claim {
    const known = this.#byImage.get(image.id)
    const claim = known ?? { image, files: [], masks: [], drawn: [], refusal: null }
    if (!known) this.#byImage.set(image.id, claim)
    if (!claim.files.includes(file)) claim.files.push(file)
    return claim
  }
  list = (): Claim[] => [...this.#byImage.values()]
}

/** What people add to the name of a mask. */
const maskSuffix = /[ ._-]?(?:mask|masks|gt|label|labels|seg|segmentation|annotation)(?:[ ._-]?\d+)?$/i
const maskPrefix = /^(?:mask|gt|label|seg)[ ._-]?/i

/** The photograph of a mask, by what the name says, from its most literal reading on. */
function photographOfMask(
  match: Context['match'],
  names: ReadonlyMap<string, Image>,
  file: string,
): { found: Match; key: string } {
  const key = isMaskFile(file) ? maskKey(file, 'mvtec') : maskKey(`masks/${file}`, 'mvtec')
  const exact = names.get(folded(key))
  if (exact) return { found: { image: exact, isLikely: false }, key }
  const folder = dirname(key) === '.' ? '' : `${dirname(key)}/`
  const last = basename(key)
  const bare = last.replace(maskSuffix, '').replace(maskPrefix, '')
  const numbered = bare.replace(/[ _-]\d+$/, '')
  const stems = [...new Set([last, bare, numbered])].filter((stem) => stem !== '')
  const tries: Wanted[] = [
    ...stems.map((stem) => ({ name: `${folder}${stem}`, isStem: true, isWhole: true })),
    // MVTec LOCO has a folder of masks for each photograph.
    ...(folder === '' ? [] : [{ name: dirname(key), isStem: true, isWhole: true }]),
    // The name may have the photograph's own ending: 000.png_mask.png.
    { name: key, isWhole: true },
    ...stems.map((stem) => ({ name: `${folder}${stem}`, isStem: true })),
    { name: key },
  ]
  let several: Match = { image: null, candidates: [] }
  for (const wanted of tries) {
    const found = match(wanted)
    if (found.image !== null) return { found, key }
    // In these layouts the masks beside the photographs are those of the test.
    const ofTest = found.candidates.filter((image) => folded(image.file).startsWith('test/'))
    const [one] = ofTest
    if (one && ofTest.length === 1) return { found: { image: one, isLikely: false }, key }
    if (several.image === null && several.candidates.length === 0) several = found
  }
  return { found: several, key }
}

const noImage = (found: Match & { image: null }, name: string): Message =>
  found.candidates.length === 0
    ? message('no-such-image', { name })
    : message('several-images', { name, files: found.candidates.slice(0, 5).map(({ file }) => file) })

export function claimsOfMasks(
  { match, report }: Context,
  files: readonly string[],
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Claim[] {
  const byName = imagesByName(names, images)
  const claims = new Claims()
  for (const file of files) {
    const { found, key } = photographOfMask(match, byName, file)
    if (found.image === null) report.skipped.push({ file, ...noImage(found, key) })
    else {
      const folder = key.includes('/') ? (key.split('/').at(-2) ?? null) : null
      const type = folder !== null && meaningOf(folder) === 'defect' ? folder : null
      claims.of(found.image, file).masks.push({ file, type })
    }
  }
  return claims.list()
}

const imagesByName = (
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Map<string, Image> => new Map(images.map((image) => [folded(names.get(image.id) ?? ''), image]))

export async function claimsOfDocuments(
  context: Context,
  files: readonly string[],
  format: Exclude<MaskFormat, 'mvtec'>,
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Promise<Claim[]> {
  const { root, report } = context
  const claims = new Claims()
  const byName = imagesByName(names, images)
  for (const file of files) {
    try {
      const { value, notes } = parseDocument(await readFile(join(root, file)))
      const isOne =
        format === 'coco'
          ? claimCoco(context, claims, file, value)
          : await claimLabelme(context, claims, file, value, byName)
      if (isOne) report.notes.push(...notes.map((note) => ({ file, ...note })))
      else report.skipped.push({ file, ...message('not-of-format', { format }) })
    } catch (error) {
      const reason =
        error instanceof SyntaxError
          ? message('not-of-format', { format })
          : message('refused', { failure: inside('failure', failureData(error)) })
      report.skipped.push({ file, ...reason })
    }
  }
  return claims.list()
}

function claimCoco({ match, report }: Context, claims: Claims, file: string, value: unknown): boolean {
  const document = readCoco(value)
  if (document === null) return false
  const add = (notes: readonly Message[]) => report.notes.push(...notes.map((note) => ({ file, ...note })))
  add(document.notes)
  for (const reading of document.images) {
    if (reading.count === 0) continue
    const found = match({ name: reading.file, sha256: reading.sha256, size: reading.size })
    if (found.image === null) report.skipped.push({ file, ...noImage(found, reading.file) })
    else claimDrawn({ report, claims, file, image: found.image, isLikely: found.isLikely }, reading, false)
  }
  return true
}

async function claimLabelme(
  { match, report }: Context,
  claims: Claims,
  file: string,
  value: unknown,
  names: ReadonlyMap<string, Image>,
): Promise<boolean> {
  const reading = await readLabelme(value)
  if (reading === null) return false
  const { size, imagePath } = reading
  const stem = file.replace(/\.json$/i, '')
  const folder = dirname(file) === '.' ? '' : `${dirname(file)}/`
  const photograph = imagePath?.replaceAll('\\', '/').split('/').at(-1) ?? ''
  const named = names.get(folded(stem))
  // The document lies beside its photograph, which it names, often with a path of another machine.
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
  claimDrawn({ report, claims, file, image: found.image, isLikely: found.isLikely }, reading, true)
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

/** A note with the image that it is about: a document of COCO is about many. */
const aboutImage = (file: string, image: Image, note: Message): Message & { file: string } => ({
  file,
  code: note.code,
  params: { ...note.params, image: image.file },
})

/** The shapes of a claim as they can be stored; what cannot is noted. @throws Failure where none can be used */
export async function conformed(context: Omit<Context, 'match'>, claim: Claim): Promise<Shape[]> {
  const { report } = context
  const { image } = claim
  const shapes: Shape[] = []
  const orientation = await orientationIn(context.workspace, image)
  for (const { file, size, shapes: drawn, isTurnable } of claim.drawn) {
    const placed = placedOn(
      drawn,
      size,
      { width: image.width, height: image.height, orientation },
      isTurnable,
    )
    if ('refusal' in placed) {
      report.skipped.push({ file, ...placed.refusal(image) })
      continue
    }
    if (drawn.length > 0) report.notes.push(...placed.notes.map((note) => aboutImage(file, image, note)))
    const kept = conformShapes(placed.shapes, image)
    report.notes.push(...kept.notes.map((note) => aboutImage(file, image, note)))
    shapes.push(...kept.shapes)
  }
  for (const { file, type } of claim.masks) {
    try {
      shapes.push(...(await shapesOfMask(context, image, orientation, file, type)))
    } catch (error) {
      if (!(error instanceof ImageRefusal)) throw error
      if (claim.masks.length === 1) throw error
      report.skipped.push({ file, ...message('refused', { failure: inside('failure', failureData(error)) }) })
    }
  }
  return shapes
}

async function orientationIn({ db, blobs }: Workspace, { sha256 }: Image): Promise<Orientation> {
  const format = blobFormat(db, sha256)
  return format === undefined ? 1 : orientationOf(blobs.path(sha256, format))
}

async function shapesOfMask(
  { root, report, invert, classes: nameOf }: Omit<Context, 'match'>,
  image: Image,
  orientation: Orientation,
  file: string,
  folderType: string | null,
): Promise<Shape[]> {
  const found = await interpretMask(join(root, file), { invert })
  const fitting = fitMask(found, { width: image.width, height: image.height, orientation })
  if (fitting === null) {
    const { width, height } = found.mask
    report.skipped.push({ file, ...otherSize({ width, height }, image) })
    return []
  }
  const { classes, classOf, notes } = fitting
  report.notes.push(...notes.map((note) => ({ file, ...note })))
  const type = cleanDefectType(image.defectType ?? folderType ?? '') ?? unnamedDefect
  const names = classes.map((found) => nameOf(found))
  const unnamed = classes.filter((_, i) => names[i] === null)
  if (unnamed.length > 1) {
    report.notes.push({ file, ...message('mask-classes', { classes: classTexts(unnamed) }) })
  }
  return classes.flatMap((_, i): Shape[] => {
    const name = names[i] ?? null
    // Those without a name are one area, which the first of them stands for.
    if (name === null && i > names.indexOf(null)) return []
    if (name !== null && meaningOf(name) !== 'defect') {
      report.notes.push({ file, ...message('mask-class-left-out', { name }) })
      return []
    }
    const isOwn = (index: number): boolean => {
      const found = classOf[index] ?? 0
      return name === null ? found > 0 && names[found - 1] === null : found === i + 1
    }
    return regionShapesOf(image, isOwn, name === null ? type : (cleanDefectType(name) ?? type))
  })
}

const otherSize = (size: Size, { file, width, height }: Image): Message =>
  message('other-size', {
    width: size.width,
    height: size.height,
    file,
    fileWidth: width,
    fileHeight: height,
  })

/**
 * Shapes on the upright photograph. Those that labelme drew on the stored pixels are turned with it; a document of
 * COCO says the stored size for shapes drawn on either, so nothing tells where they belong.
 */
function placedOn(
  drawn: DrawnShape[],
  size: Size | null,
  photograph: Size & { orientation: Orientation },
  isTurnable: boolean,
): { shapes: DrawnShape[]; notes: Message[] } | { refusal: (image: Image) => Message } {
  const { width, height, orientation } = photograph
  const stored = turnedSize(photograph, orientation)
  const isUpright = size === null || (size.width === width && size.height === height)
  if (orientation === 1)
    return isUpright ? { shapes: drawn, notes: [] } : { refusal: (image) => otherSize(size, image) }
  const isAmbiguous = size === null || (stored.width === width && stored.height === height)
  if (isUpright) return { shapes: drawn, notes: isAmbiguous ? [message('shapes-maybe-not-turned')] : [] }
  if (size.width !== stored.width || size.height !== stored.height) {
    return { refusal: (image) => otherSize(size, image) }
  }
  if (isTurnable && !drawn.some(({ kind }) => kind === 'columns')) {
    return { shapes: turnShapes(drawn, stored, orientation), notes: [message('shapes-turned')] }
  }
  return {
    refusal: ({ file }) =>
      message('other-size', { case: 'exif', ...size, file, fileWidth: width, fileHeight: height }),
  }
}
