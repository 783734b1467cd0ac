/** The split, the label and the kind of defect that one file of an import gets. */
import type { Label, Split } from '../../../shared/image.ts'
import type { PlannedPhotograph } from '../../../shared/import-plan.ts'
import type { SplitRule } from './splits.ts'

export interface Placement {
  /** Null where the importer chooses (see `splits.ts`). */
  split: Split | null
  label: Label
  defectType: string | null
}

/** The split that is meant for a photograph of this label; null where it is drawn. */
export function meantSplit({ split, label: planned }: PlannedPhotograph, label: Label): Split | null {
  // Of photographs that lie among those for training and whose masks say what they are, only the good ones train.
  if (planned === 'from-mask' && split === 'train') return label === 'normal' ? null : 'validation'
  return split
}

/** Where a photograph goes whose label is known: what the plan means, and what the frozen validation set allows. */
export function placementOf(planned: PlannedPhotograph, label: Label, { frozen }: SplitRule): Placement {
  const split = label === 'unlabeled' ? (planned.split ?? 'test') : meantSplit(planned, label)
  return {
    // A frozen validation set takes nothing in; what is meant for it judges all the same.
    split: frozen && split === 'validation' ? 'test' : split,
    label,
    defectType: label === 'anomalous' ? planned.defectType : null,
  }
}
