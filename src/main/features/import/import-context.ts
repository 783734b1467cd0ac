/** What every part of one import knows: where from, where to, and what is said of the files so far. */
import type { Dataset } from '../../../shared/dataset.ts'
import type { Label } from '../../../shared/image.ts'
import type { ImportCorrection, ImportReport } from '../../../shared/import.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { Listing } from './layout.ts'
import type { SplitRule } from './splits.ts'

/** What the report will say of single files, as far as the import has come. */
export type Notes = Pick<ImportReport, 'imported' | 'already' | 'duplicates' | 'refused' | 'warnings'>

/** Everything that stays the same during one import. */
export interface ImportContext {
  workspace: Workspace
  root: string
  dataset: Dataset
  importId: string
  listing: Listing
  rule: SplitRule
  unlabeledAs: Label
  /** By the folder. */
  corrections: ReadonlyMap<string, ImportCorrection>
  /** `maskKey` of the photographs met so far. */
  usedMasks: Set<string>
  notes: Notes
  signal: AbortSignal | undefined
}
