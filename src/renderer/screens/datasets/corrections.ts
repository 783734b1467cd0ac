/** What a person changes in the list of folders before an import. */
import type { FolderPreview, ImportCorrection } from '../../../shared/import.ts'

type FolderGroup = FolderPreview['groups'][number]
export type CorrectedGroup = FolderGroup & { skip: boolean; corrected: boolean }

/**
 * The folders as they will be imported: those that were detected, with what a person said of them, and the numbers of
 * the latest look at the folder, which knows what was said.
 */
export function correctedGroups(
  detected: readonly FolderGroup[],
  corrections: ReadonlyMap<string, ImportCorrection>,
  latest: readonly FolderGroup[],
): CorrectedGroup[] {
  const now = new Map(latest.map((group) => [group.path, group]))
  const known = new Set(detected.map(({ path }) => path))
  // A folder of masks may only be found once another folder is said to hold their photographs.
  const found = latest.filter(({ path }) => !known.has(path))
  return [...detected, ...found].map((group) => {
    const correction = corrections.get(group.path)
    const { masked, mixed } = now.get(group.path) ?? group
    if (correction === undefined) return { ...group, masked, mixed, skip: false, corrected: false }
    const holds = correction.holds ?? group.holds
    return { ...group, ...correction, holds, masked, mixed: false, corrected: true }
  })
}

/** Only what differs from what was detected is sent. */
export const correctionsOf = (
  detected: readonly FolderGroup[],
  corrections: ReadonlyMap<string, ImportCorrection>,
): ImportCorrection[] => {
  const groups = new Map(detected.map((group) => [group.path, group]))
  return [...corrections.values()].filter((correction) => {
    const group = groups.get(correction.path)
    return (
      group === undefined ||
      correction.skip ||
      group.mixed ||
      (correction.holds ?? group.holds) !== group.holds ||
      correction.split !== group.split ||
      correction.label !== group.label ||
      correction.defectType !== group.defectType
    )
  })
}
