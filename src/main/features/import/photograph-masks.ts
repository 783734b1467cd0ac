/** Reads the masks of a photograph, unites several, and says why one is not used. */
import { join } from 'node:path'
import type { ImageFormat } from '../../../shared/image.ts'
import type { PlannedLabel } from '../../../shared/import-plan.ts'
import { cleanDefectType, type Shape, unnamedDefect } from '../../../shared/label.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { areasOf, rasterize } from '../../../shared/rasterize.ts'
import { withBytes } from '../../images/byte-source.ts'
import { fileType } from '../../images/file-type.ts'
import { classTexts, fitMask, interpretMask, type Mask, type MaskedPhotograph } from '../../images/mask.ts'
import { maskPng } from '../../images/mask-png.ts'
import { orientationOf } from '../../images/orientation.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import type { StagedFile } from '../../store/blob-store.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { ClassNames } from '../label/class-names.ts'
import { maskRegions } from '../label/mask-regions.ts'

/** A mask that fits its photograph, staged. */
export interface StagedMask {
  staged: StagedFile
  format: ImageFormat
  /** Its areas with their defect types, where a list names the classes of masks. */
  shapes: Shape[] | null
  /** The defect type that covers most of it; null where no list names the classes of masks. */
  largestType: string | null
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
  defectType: string | null
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
  classes: ClassNames,
): Promise<ReadMasks> {
  const { file, label } = photograph
  const read: ReadMasks = { mask: null, isRead: false, warnings: [] }
  const used: { file: string; fitted: Fitted }[] = []
  const orientation = await orientationOf(join(folder, file))
  for (const maskFile of masks) {
    const fitted = await readFitting(join(folder, maskFile), { ...photograph, orientation }, classes)
    if ('code' in fitted) {
      read.warnings.push({ file: maskFile, ...fitted })
      continue
    }
    read.isRead = true
    if (fitted.mask.area === 0) continue
    if (label === 'normal') read.warnings.push({ file: maskFile, ...message('mask-of-normal', { file }) })
    else {
      read.warnings.push(...fitted.notes.map((note) => ({ file: maskFile, ...note })))
      used.push({ file: maskFile, fitted })
    }
  }
  const [first, ...others] = used
  if (first === undefined) {
    // Of a good photograph empty masks say what is known; of a bad one, they mark nothing.
    if (label === 'anomalous' && read.isRead) {
      read.warnings.push({ file: masks[0] ?? file, ...message('mask-empty', { file }) })
    }
    return read
  }
  if (used.some(({ fitted }) => fitted.isNamed)) {
    const shapes = used.flatMap(({ fitted }) => fitted.shapes())
    const raster = rasterize(shapes, photograph.width, photograph.height)
    const largestType = areasOf(raster)[0]?.defectType ?? null
    read.mask = { ...(await stagePixels(workspace, raster)), shapes, largestType }
    return read
  }
  // One that is used as it is keeps its bytes; what was turned or united is stored as it lies on the photograph.
  read.mask =
    others.length === 0 && !first.fitted.isTurned
      ? stageFile(workspace, join(folder, first.file))
      : await stagePixels(
          workspace,
          others.reduce((union, { fitted }) => unionOf(union, fitted.mask), first.fitted.mask),
        )
  return read
}

interface Fitted {
  mask: Mask
  isTurned: boolean
  /** Whether a list names any of its classes. */
  isNamed: boolean
  /** Its areas. Of a mask without named classes they are needed only beside one that has some. */
  shapes: () => Shape[]
  notes: Message[]
}

async function readFitting(
  path: string,
  photograph: Photograph & MaskedPhotograph,
  nameOf: ClassNames,
): Promise<Fitted | Message> {
  try {
    const found = await interpretMask(path)
    const fitting = fitMask(found, photograph)
    if (fitting === null) {
      const { file, width: fileWidth, height: fileHeight } = photograph
      const { width, height } = found.mask
      return message('mask-size', { width, height, file, fileWidth, fileHeight })
    }
    const isTurned = fitting.mask.data !== found.mask.data
    const type = cleanDefectType(photograph.defectType ?? '') ?? unnamedDefect
    if (fitting.classes.every((one) => nameOf(one) === null)) {
      const { mask, classes, notes } = fitting
      const united = classes.length > 1 ? [message('mask-classes', { classes: classTexts(classes) })] : []
      const shapes = (): Shape[] => maskRegions(fitting, type, nameOf).shapes
      return { mask, isTurned, isNamed: false, shapes, notes: [...notes, ...united] }
    }
    const { shapes, notes } = maskRegions(fitting, type, nameOf)
    // What a class says is no defect is not marked.
    const area = areasOf(rasterize(shapes, fitting.mask.width, fitting.mask.height)).reduce(
      (sum, one) => sum + one.area,
      0,
    )
    const mask = { ...fitting.mask, area }
    return { mask, isTurned, isNamed: true, shapes: () => shapes, notes: [...fitting.notes, ...notes] }
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    return message('mask-refused', { refusal: inside('failure', error) })
  }
}

function unionOf(a: Mask, b: Mask): Mask {
  const data = a.data.map((value, i) => (value > 0 || b.data[i] === 1 ? 1 : 0))
  return { ...a, data, area: data.reduce((sum, value) => sum + value, 0) }
}

const stageFile = (workspace: Workspace, path: string): StagedMask => ({
  shapes: null,
  largestType: null,
  format: withBytes(path, fileType),
  staged: workspace.blobs.stage(path),
})

const stagePixels = async (
  workspace: Workspace,
  mask: Pick<Mask, 'data' | 'width' | 'height'>,
): Promise<StagedMask> => ({
  shapes: null,
  largestType: null,
  staged: workspace.blobs.stageBytes(await maskPng(mask)),
  format: 'png',
})
