/** Makes of a claim the shapes that are stored: on the upright photograph, within it, and by the schema that reads them. */
import { join } from 'node:path'
import { failureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import { cleanDefectType, type Shape, unnamedDefect } from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { fitMask, interpretMask } from '../../images/mask.ts'
import { type Orientation, orientationOf, type Size, turnedSize } from '../../images/orientation.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { blobFormat } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'
import { aboutImage, type Claim, type ClaimContext } from './claims.ts'
import { conformShapes, type DrawnShape } from './conform.ts'
import { turnShapes } from './exif-turn.ts'
import { maskRegions } from './mask-regions.ts'

/** The shapes of a claim as they can be stored; what cannot is noted. @throws Failure where none can be used */
export async function conformed(context: Omit<ClaimContext, 'match'>, claim: Claim): Promise<Shape[]> {
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
  { root, report, invert, classes: nameOf }: Omit<ClaimContext, 'match'>,
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
  const type = cleanDefectType(image.defectType ?? folderType ?? '') ?? unnamedDefect
  const { shapes, notes } = maskRegions(fitting, type, nameOf)
  report.notes.push(...[...fitting.notes, ...notes].map((note) => ({ file, ...note })))
  return shapes
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
