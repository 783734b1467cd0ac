/** What the folders around a photograph say of it. */
import type { Label, Split } from '../../../shared/image.ts'
import { labelOfName, plain } from './folder-names.ts'
import { isPictureFolder, maskRole, splitOfFolder } from './folder-roles.ts'
import { sameName } from './mask-names.ts'

export interface FolderMeaning {
  /** By the name of a folder; null where none says it. */
  split: Split | null
  /** Null where no folder says it. */
  label: Exclude<Label, 'unlabeled'> | null
  defectType: string | null
  /** A folder whose name has a word for good or bad in it and yet is not understood. */
  unclear: string | null
  /** The folders that say where a mask or a photograph belongs, in the form of `sameName`. */
  place: string[]
}

/** Days, lots, shifts and cameras: folders that say when or by what a photograph was taken, and no type of defects. */
const isOccasion =
  /^(?:(?:cam|camera|kamera|line|linie|lot|batch|shift|day|date|tag|schicht|station|相机|批次|产线)? ?)?[\d ]+$/

/** The name of a folder as a type of defects, as it can be stored. */
export function typeOfFolder(name: string): string | null {
  const type = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  return type === '' ? null : [...type].slice(0, 100).join('').slice(0, 100).trim()
}

/** The place of a file below these folders. @param without a folder to leave out, by its number */
const placeOf = (folders: readonly string[], without: number | null = null): string[] =>
  folders
    .filter((name, i) => i !== without && splitOfFolder(name) === null && !isPictureFolder(name))
    .map(sameName)

/**
 * The split and the place of a file in these folders.
 * @param at the number of the folder that says that it is a mask; null where none does
 */
export const placedIn = (
  folders: readonly string[],
  at: number | null,
): Pick<FolderMeaning, 'split' | 'place'> => ({
  split: folders.map(splitOfFolder).find((found) => found !== null) ?? null,
  place: placeOf(folders, at),
})

/**
 * The meaning of a path of folders.
 *
 * @param typedSplits the folder is laid out as MVTec AD is: what lies below a split and is not good is a type of
 * defects, whatever its name
 */
export function meaningOf(
  folders: readonly string[],
  typedSplits: boolean,
  useSplits: boolean,
): FolderMeaning {
  const splitAt = useSplits ? folders.findIndex((name) => splitOfFolder(name) !== null) : -1
  const split = splitAt < 0 ? null : splitOfFolder(folders[splitAt] ?? '')
  const meaning: FolderMeaning = {
    split,
    label: null,
    defectType: null,
    unclear: null,
    place: placeOf(folders),
  }
  // The innermost folder with a telling name counts; below a folder of defects the next one names their type.
  const telling = folders.findLastIndex((name) => {
    const said = labelOfName(name)
    return said === 'normal' || said === 'anomalous' || said === 'unclear'
  })
  const said = telling < 0 ? null : labelOfName(folders[telling] ?? '')
  if (said === 'normal') return { ...meaning, label: 'normal' }
  if (said === 'anomalous') {
    const type = folders
      .slice(telling + 1)
      .find((name) => !isPictureFolder(name) && maskRole(name) === null && !isOccasion.test(plain(name)))
    return { ...meaning, label: 'anomalous', defectType: typeOfFolder(type ?? '') }
  }
  if (said === 'unclear') return { ...meaning, unclear: folders[telling] ?? null }
  if (typedSplits && splitAt >= 0) {
    const type = folders.slice(splitAt + 1).find((name) => !isPictureFolder(name))
    if (type !== undefined) return { ...meaning, label: 'anomalous', defectType: typeOfFolder(type) }
  }
  const defects = folders.find((name) => labelOfName(name) === 'defects')
  return defects === undefined ? meaning : { ...meaning, unclear: defects }
}

const groundTruth = new Set(['ground truth', 'groundtruth', 'gt'])

/** Whether folders are laid out as in MVTec AD: train/good, or test beside ground_truth. */
export function hasTypedSplits(folders: readonly string[]): boolean {
  let hasTest = false
  let hasGroundTruth = false
  for (const path of folders) {
    const [first = '', second] = path.split('/')
    const split = splitOfFolder(first)
    if (split === 'train' && second !== undefined && labelOfName(second) === 'normal') return true
    if (split === 'test') hasTest = true
    if (groundTruth.has(plain(first))) hasGroundTruth = true
  }
  return hasTest && hasGroundTruth
}
