/** The split, the label and the kind of defect that one file of an import gets. */
import type { ImportContext } from './import-context.ts'
import { folderOf, type Placement, place } from './layout.ts'
import type { SplitRule } from './splits.ts'

/** A frozen validation set takes nothing in; what is meant for it judges all the same. */
const thawed = (placement: Placement, { frozen }: SplitRule): Placement =>
  frozen && placement.split === 'validation' ? { ...placement, split: 'test' } : placement

/** Where an image goes: what is meant by a person or by its path, and what the frozen validation set allows. */
export const placementOf = (context: ImportContext, file: string): Placement =>
  thawed(meantPlacement(context, file), context.rule)

/** What a person said of the file's folder, else what its path says. */
export function meantPlacement(
  { listing, unlabeledAs, corrections }: Pick<ImportContext, 'listing' | 'unlabeledAs' | 'corrections'>,
  file: string,
): Placement {
  const corrected = corrections.get(folderOf(file))
  if (corrected !== undefined) {
    const { split, label, defectType } = corrected
    // What nobody knows to be good or bad is drawn into no split: it teaches nothing and judges nothing.
    return label === 'unlabeled'
      ? { split: split ?? 'test', label, defectType: null }
      : { split, label, defectType }
  }
  const placement = place(file, listing.layout)
  if (placement.label !== 'unlabeled' || unlabeledAs === 'unlabeled') return placement
  return { split: null, label: unlabeledAs, defectType: null }
}
