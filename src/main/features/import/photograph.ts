import { statSync } from 'node:fs'
import { join } from 'node:path'
import PQueue from 'p-queue'
import type { Image, Label } from '../../../shared/image.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { withBytes } from '../../images/byte-source.ts'
import { type ImageInfo, inspectImage, readImageHeader } from '../../images/decode.ts'
import { fileType } from '../../images/file-type.ts'
import { classTexts, fitMask, interpretMask } from '../../images/mask.ts'
import { maskPng } from '../../images/mask-png.ts'
import { orientationOf } from '../../images/orientation.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { hashFile, type StagedFile } from '../../store/blob-store.ts'
import { imagesByFile } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'

/** A mask that fits its photograph, staged. */
export interface StagedMask {
  staged: StagedFile
  format: ImageInfo['format']
  /** What was assumed in reading it, messages of the topic `warning`. */
  notes: Message[]
}

/** What came of reading one file of the folder; nothing of it is in the database yet. */
export type Reading =
  | { kind: 'refused'; file: string; refusal: ImageRefusal }
  /** In the dataset since an earlier import. */
  | { kind: 'already'; file: string; image: Image }
  /** Whole and decoded; whether its bytes are new is decided in the order of the files. */
  | { kind: 'read'; file: string; staged: StagedFile; info: ImageInfo }

/** From this many pixels on, images are decoded one at a time: a few at once could take gigabytes. */
const largePixels = 32e6
const largeImages = new PQueue({ concurrency: 1 })

const inspect = (path: string, pixels: number): Promise<ImageInfo> =>
  pixels < largePixels ? inspectImage(path) : largeImages.add(() => inspectImage(path))

/** The image that an earlier import took from this path, if the file has not changed since. */
async function earlierImport(
  workspace: Workspace,
  datasetId: string,
  file: string,
  path: string,
): Promise<Image | null> {
  const candidates = imagesByFile(workspace.db, datasetId, file)
  if (candidates.length === 0) return null
  const { size } = statSync(path)
  if (!candidates.some(({ bytes }) => bytes === size)) return null
  const sha256 = await hashFile(path)
  return candidates.find((image) => image.sha256 === sha256) ?? null
}

/**
 * Reads one file: told by content, copied beside the originals, and decoded from that copy, so that what is stored is
 * what was checked even where a camera still writes to the source.
 *
 * @throws Failure `disk-full` and others that concern the workspace; what concerns the file is a refusal
 */
export async function readPhotograph(
  workspace: Workspace,
  datasetId: string,
  folder: string,
  file: string,
): Promise<Reading> {
  const path = join(folder, file)
  try {
    const { width, height } = await readImageHeader(path)
    const image = await earlierImport(workspace, datasetId, file, path)
    if (image) return { kind: 'already', file, image }
    const staged = workspace.blobs.stage(path)
    try {
      return { kind: 'read', file, staged, info: await inspect(staged.path, width * height) }
    } catch (error) {
      workspace.blobs.discard(staged)
      throw error
    }
  } catch (error) {
    if (error instanceof ImageRefusal) return { kind: 'refused', file, refusal: error }
    throw error
  }
}

/**
 * Stages the mask of a photograph, or says why it is not used: it must be readable, of the photograph's size, mark
 * something, and not contradict the label.
 */
export async function readMaskFor(
  workspace: Workspace,
  folder: string,
  maskFile: string,
  photograph: { width: number; height: number; label: Label; file: string },
): Promise<StagedMask | { warning: Message }> {
  if (photograph.label === 'normal') {
    return { warning: message('mask-of-normal', { file: photograph.file }) }
  }
  try {
    const path = join(folder, maskFile)
    const format = withBytes(path, fileType)
    const { file, width: fileWidth, height: fileHeight } = photograph
    const orientation = await orientationOf(join(folder, file))
    const found = await interpretMask(path)
    const { width, height } = found.mask
    const fitting = fitMask(found, { width: fileWidth, height: fileHeight, orientation })
    if (fitting === null) {
      return { warning: message('mask-size', { width, height, file, fileWidth, fileHeight }) }
    }
    const { mask, classes } = fitting
    if (mask.area === 0) return { warning: message('mask-empty', { file }) }
    const united = classes.length > 1 ? [message('mask-classes', { classes: classTexts(classes) })] : []
    const notes = [...fitting.notes, ...united]
    // A mask that was turned is stored as it lies on the photograph; any other one as it is.
    if (fitting === found || orientation === 1) return { staged: workspace.blobs.stage(path), format, notes }
    return { staged: workspace.blobs.stageBytes(await maskPng(mask)), format: 'png', notes }
  } catch (error) {
    if (error instanceof ImageRefusal) {
      return { warning: message('mask-refused', { refusal: inside('failure', error) }) }
    }
    throw error
  }
}
