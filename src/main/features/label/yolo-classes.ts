/** The classes of YOLO: which list names those of a file of labels. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Message, message } from '../../../shared/messages/message.ts'
import { isSystemError } from '../../platform/system-error.ts'
import { folderOf } from '../layouts/find-masks.ts'
import { readYoloList } from '../layouts/yolo-lists.ts'
import { shown } from './labelme.ts'

export interface YoloClasses {
  /** The list that names them. */
  file: string
  names: ReadonlyMap<number, string>
  /** Numbers of the keypoints behind a box. */
  keypointNumbers: number
}

/** Gives the classes for a file of labels: those of the nearest folder around it that lists any; null where none does. */
export type ClassesOf = (file: string) => YoloClasses | null

/**
 * @param lists files below the folder that `isYoloList` takes
 * @param onNote gets messages of the topic `warning` about lists
 */
export async function readYoloClasses(
  root: string,
  lists: readonly string[],
  onNote: (about: Message & { file: string }) => void,
): Promise<ClassesOf> {
  const byFolder = new Map<string, YoloClasses>()
  for (const file of [...lists].sort(byKind)) {
    try {
      const { names, keypointNumbers } = readYoloList(file, await readFile(join(root, file)))
      if (names.size === 0) continue
      const known = byFolder.get(folderOf(file))
      if (known === undefined) byFolder.set(folderOf(file), { file, names, keypointNumbers })
      else noteDifference(known, { file, names }, onNote)
    } catch (error) {
      if (!(error instanceof SyntaxError || isSystemError(error))) throw error
      onNote({ file, ...message('list-unreadable', { reason: error.message }) })
    }
  }
  const nearest = (folder: string): YoloClasses | null =>
    byFolder.get(folder) ?? (folder === '.' ? null : nearest(folderOf(folder)))
  const [only] = byFolder.values()
  // The one list of a data set can also lie beside the photographs.
  return (file) => nearest(folderOf(file)) ?? (byFolder.size === 1 ? (only ?? null) : null)
}

/** The description of a data set before lists of names alone. */
const byKind = (a: string, b: string): number => Number(!/\.ya?ml$/i.test(a)) - Number(!/\.ya?ml$/i.test(b))

function noteDifference(
  { file, names }: YoloClasses,
  other: Pick<YoloClasses, 'file' | 'names'>,
  onNote: (about: Message & { file: string }) => void,
): void {
  for (const [id, name] of other.names) {
    const first = names.get(id)
    if (first === undefined || first === name) continue
    const params = { id, first: shown(first), list: file, other: shown(name) }
    onNote({ file: other.file, ...message('class-twice', params) })
    return
  }
}
