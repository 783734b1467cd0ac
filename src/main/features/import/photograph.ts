import { statSync } from 'node:fs'
import { join } from 'node:path'
import PQueue from 'p-queue'
import type { Image } from '../../../shared/image.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { type ImageInfo, inspectImage, readImageHeader } from '../../images/decode.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { inRange, needsRange } from '../../images/wide-samples.ts'
import { hashFile, type StagedFile } from '../../store/blob-store.ts'
import { imagesByFile } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'

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

/** Only a TIFF has such values; others are not opened once more for it. */
const mayBeWide = (file: string): boolean => !/\.(?:png|jpe?g|bmp|webp)$/i.test(file)

/** A photograph whose values get their range: what is stored is made from it, and its path is that of the file. */
async function readWide(
  workspace: Workspace,
  datasetId: string,
  path: string,
  file: string,
  range: SampleRange,
): Promise<Reading> {
  const { png, warnings } = await inRange(path, range)
  const staged = workspace.blobs.stageBytes(png)
  try {
    const known = imagesByFile(workspace.db, datasetId, file).find(({ sha256 }) => sha256 === staged.sha256)
    if (known) {
      workspace.blobs.discard(staged)
      return { kind: 'already', file, image: known }
    }
    const info = await inspectImage(staged.path)
    return { kind: 'read', file, staged, info: { ...info, warnings: [...info.warnings, ...warnings] } }
  } catch (error) {
    workspace.blobs.discard(staged)
    throw error
  }
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
  range: SampleRange | null,
): Promise<Reading> {
  const path = join(folder, file)
  try {
    if (range !== null && mayBeWide(file) && needsRange(path)) {
      return await readWide(workspace, datasetId, path, file, range)
    }
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
