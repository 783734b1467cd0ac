/** What each photograph of a planned import is: by a person, by tables, by the names of folders, or by its masks. */
import type { Label, Split } from '../../../shared/image.ts'
import type { GivenCorrection } from '../../../shared/import.ts'
import type { ImportPlan, PlannedLabel, PlannedPhotograph } from '../../../shared/import-plan.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import { folderOf, segmentsOf } from './find-masks.ts'
import { type FolderMeaning, meaningOf, typeOfFolder } from './folder-meaning.ts'
import type { TableRow } from './table.ts'

type Notes = ImportPlan['notes']

/** What is said of the files of a folder. */
export interface Said {
  corrections: ReadonlyMap<string, GivenCorrection>
  rows: ReadonlyMap<string, TableRow>
  /** What the names of its folders say of a file. */
  meaning(file: string): FolderMeaning
}

/** What folders mean, each worked out once. */
export function folderMeanings(typed: boolean, useSplits: boolean) {
  const meanings = new Map<string, FolderMeaning>()
  const meaning = (file: string): FolderMeaning => {
    const path = folderOf(file)
    const known = meanings.get(path)
    if (known) return known
    const made = meaningOf(segmentsOf(path), typed, useSplits)
    meanings.set(path, made)
    return made
  }
  return { meanings, meaning }
}

export const labelSaid = ({ corrections, rows, meaning }: Said, file: string): PlannedLabel | null =>
  corrections.get(folderOf(file))?.label ?? rows.get(file)?.label ?? meaning(file).label

export const splitSaid = ({ rows, meaning }: Said, file: string): Split | null =>
  rows.get(file)?.split ?? meaning(file).split

/** What folder and table say of a photograph together; null where they say nothing, or the opposite. */
function toldLabel(
  file: string,
  byFolder: Exclude<Label, 'unlabeled'> | null,
  row: TableRow | undefined,
  notes: Notes,
): Label | null {
  const byTable = row?.label ?? null
  // Its rows contradict each other, which is said already.
  if (byTable === 'unlabeled') return byTable
  if (byTable === null || byFolder === null || byTable === byFolder) return byTable ?? byFolder
  const params = {
    folder: inside('label', message(byFolder)),
    table: inside('label', message(byTable)),
  }
  notes.push({ file, ...message('table-contradicts', params) })
  return 'unlabeled'
}

/** Training sees good parts only, whatever else lies in its folder; where nothing is known, nothing is measured. */
function plannedSplit(split: Split | null, label: PlannedLabel, annotated: boolean): Split | null {
  if (split === 'live') return split
  // What is drawn on it after the import says whether it may train.
  if (label === 'unlabeled' && annotated) return split === 'train' ? null : split
  if (label === 'unlabeled') return 'test'
  if (split !== 'train') return split
  // Good training photographs give some to validation; what a mask says is known when it is read.
  return label === 'normal' ? null : label === 'from-mask' ? 'train' : 'validation'
}

interface Photograph {
  file: string
  masks: string[]
  part: string | null
  maskLike: boolean
}

/**
 * @param unsaid what it is where nothing says it
 * @param annotated whether documents of the folder have drawings that are read after the import
 */
export function planPhotograph(
  photograph: Photograph,
  said: Said,
  { unsaid, annotated, notes }: { unsaid: () => PlannedLabel; annotated: boolean; notes: Notes },
): PlannedPhotograph {
  const { file } = photograph
  const correction = said.corrections.get(folderOf(file))
  if (correction) {
    const unknown = correction.label === 'unlabeled'
    return {
      ...photograph,
      label: correction.label,
      split: unknown ? (correction.split ?? 'test') : correction.split,
      defectType: correction.label === 'normal' || unknown ? null : correction.defectType,
    }
  }
  const meaning = said.meaning(file)
  const row = said.rows.get(file)
  const label = toldLabel(file, meaning.label, row, notes) ?? unsaid()
  const type = row?.defectType ?? (label === 'anomalous' ? meaning.defectType : null)
  return {
    ...photograph,
    label,
    split: plannedSplit(splitSaid(said, file), label, annotated),
    defectType: label === 'anomalous' && type !== null ? typeOfFolder(type) : null,
  }
}
