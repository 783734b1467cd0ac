/** Reads the masks of a photograph, unites several, and says why one is not used. */
import { join } from 'node:path'
import type { ImageFormat } from '../../../shared/image.ts'
import type { PlannedLabel } from '../../../shared/import-plan.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { withBytes } from '../../images/byte-source.ts'
import { fileType } from '../../images/file-type.ts'
import { type Mask, readMask } from '../../images/mask.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import type { StagedFile } from '../../store/blob-store.ts'
import type { Workspace } from '../../store/workspace.ts'
import { maskPng } from '../label/annotate.ts'

/** A mask that fits its photograph, staged. */
export interface StagedMask {
  staged: StagedFile
  format: ImageFormat
}

export interface ReadMasks {
  mask: StagedMask | null
  /** Whether a mask could be read and fits; only then it says something of the photograph. */
  isRead: boolean
  warnings: (Message & { file: string })[]
}

interface Photograph {
  file: string
  width: number
  height: number
  label: PlannedLabel
}

/**
 * Stages the mask of a photograph, or says why it is not used: each must be readable and of the photograph's size, and
 * together they must not contradict the label.
 *
 * @throws Failure `disk-full` and others that concern the workspace
 */
export async function readMasksFor(
  workspace: Workspace,
  folder: string,
  masks: readonly string[],
  photograph: Photograph,
): Promise<ReadMasks> {
  const { file, label } = photograph
  const read: ReadMasks = { mask: null, isRead: false, warnings: [] }
  const united: { mask: Mask | null; files: string[] } = { mask: null, files: [] }
  for (const maskFile of masks) {
    const mask = await readFitting(join(folder, maskFile), photograph)
    if ('code' in mask) {
      read.warnings.push({ file: maskFile, ...mask })
      continue
    }
    read.isRead = true
    if (mask.area === 0) {
      // Of a good photograph an empty mask says what is known; of one with several, another one may mark the defect.
      if (label === 'anomalous' && masks.length === 1) {
        read.warnings.push({ file: maskFile, ...message('mask-empty', { file }) })
      }
      continue
    }
    if (label === 'normal') {
      read.warnings.push({ file: maskFile, ...message('mask-of-normal', { file }) })
      continue
    }
    united.mask = united.mask === null ? mask : unionOf(united.mask, mask)
    united.files.push(maskFile)
  }
  const [only, ...more] = united.files
  if (united.mask === null || only === undefined) {
    if (label === 'anomalous' && masks.length > 1 && read.isRead) {
      read.warnings.push({ file: masks[0] ?? file, ...message('mask-empty', { file }) })
    }
    return read
  }
  read.mask =
    more.length === 0 ? stageFile(workspace, join(folder, only)) : await stageUnion(workspace, united.mask)
  return read
}

async function readFitting(path: string, photograph: Photograph): Promise<Mask | Message> {
  try {
    const mask = await readMask(path)
    const { file, width: fileWidth, height: fileHeight } = photograph
    if (mask.width === fileWidth && mask.height === fileHeight) return mask
    return message('mask-size', { width: mask.width, height: mask.height, file, fileWidth, fileHeight })
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    return message('mask-refused', { refusal: inside('failure', error) })
  }
}

const unionOf = (a: Mask, b: Mask): Mask => {
  const data = a.data.map((value, i) => (value > 0 || b.data[i] === 1 ? 1 : 0))
  return { ...a, data, area: data.reduce((sum, value) => sum + value, 0) }
}

const stageFile = (workspace: Workspace, path: string): StagedMask => ({
  format: withBytes(path, fileType),
  staged: workspace.blobs.stage(path),
})

async function stageUnion(workspace: Workspace, { data, width, height }: Mask): Promise<StagedMask> {
  const png = await maskPng({ data, width, height, types: [] })
  return { staged: workspace.blobs.stageBytes(png), format: 'png' }
}
