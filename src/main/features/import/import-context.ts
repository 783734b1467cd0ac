/** What every part of one import knows: where from, where to, and what is said of the files so far. */
import type { Dataset } from '../../../shared/dataset.ts'
import type { ImportReport } from '../../../shared/import.ts'
import type { ImportPlan, PlannedPhotograph } from '../../../shared/import-plan.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { ClassNames } from '../label/class-names.ts'
import type { SplitRule } from './splits.ts'

/** What the report will say of single files, as far as the import has come. */
export type Notes = Pick<
  ImportReport,
  'imported' | 'already' | 'duplicates' | 'refused' | 'warnings' | 'annotated'
>

/** Everything that stays the same during one import. */
export interface ImportContext {
  workspace: Workspace
  root: string
  dataset: Dataset
  importId: string
  plan: ImportPlan
  /** The photographs of the plan by their files. */
  planned: ReadonlyMap<string, PlannedPhotograph>
  /** Whether any photograph of the plan has a mask, so that one without is worth a word. */
  hasMasks: boolean
  /** Names of the classes of masks, by files of the folder that list them. */
  classes: ClassNames
  /** Which values are black and white in photographs of floating point or 32 bits; null where nobody said it. */
  range: SampleRange | null
  rule: SplitRule
  notes: Notes
  signal: AbortSignal | undefined
}
