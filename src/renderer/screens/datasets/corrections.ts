/** What a person changes in the list of folders before an import. */
import type { FolderPreview, ImportCorrection } from '../../../shared/import.ts'

export type FolderGroup = FolderPreview['groups'][number]
export type CorrectedGroup = FolderGroup & { skip: boolean; corrected: boolean }

/** The folders as they will be imported. */
export const correctedGroups = (
  groups: readonly FolderGroup[],
  corrections: ReadonlyMap<string, ImportCorrection>,
): CorrectedGroup[] =>
  groups.map((group) => {
    const correction = corrections.get(group.path)
    return correction === undefined
      ? { ...group, skip: false, corrected: false }
      : { ...group, ...correction, corrected: true }
  })

/** Only what differs from what was detected is sent. */
export const correctionsOf = (
  groups: readonly FolderGroup[],
  corrections: ReadonlyMap<string, ImportCorrection>,
): ImportCorrection[] =>
  groups.flatMap((group) => {
    const correction = corrections.get(group.path)
    if (correction === undefined) return []
    const isSame =
      !correction.skip &&
      correction.split === group.split &&
      correction.label === group.label &&
      correction.defectType === group.defectType
    return isSame ? [] : [correction]
  })
