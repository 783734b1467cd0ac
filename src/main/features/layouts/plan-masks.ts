/** Which masks belong to which photograph of a planned import. */
import type { ImportPlan } from '../../../shared/import-plan.ts'
import { message } from '../../../shared/messages/message.ts'
import { type FoundMasks, folderOf, segmentsOf } from './find-masks.ts'
import { placedIn } from './folder-meaning.ts'
import { type MaskMatches, matchMasks, type Placed, type PlacedPhotograph } from './match-masks.ts'
import type { PictureFacts } from './picture-facts.ts'
import { labelSaid, type Said, splitSaid } from './plan-photographs.ts'

interface Masks {
  found: FoundMasks
  photographs: readonly string[]
  /** Masks that a table names; they belong to the photograph that it names beside them. */
  inTables: ReadonlySet<string>
  said: Said
  facts: PictureFacts
  notes: ImportPlan['notes']
}

/** Tells in the notes which masks have no photograph, or one that is not certain. */
export async function masksByPhotograph({
  found,
  photographs,
  inTables,
  said,
  facts,
  notes,
}: Masks): Promise<MaskMatches['masksOf']> {
  const matches = await matchMasks(
    found.open
      .filter(({ file }) => !inTables.has(file))
      .map(({ file, folder }): Placed => ({ file, ...placedIn(segmentsOf(folderOf(file)), folder) })),
    photographs.map((file): PlacedPhotograph => {
      const { place } = said.meaning(file)
      return { file, split: splitSaid(said, file), place, isNormal: labelSaid(said, file) === 'normal' }
    }),
    facts.sizeOf,
  )
  const { masksOf } = matches
  for (const { mask, photograph } of found.beside) {
    if (inTables.has(mask)) continue
    masksOf.set(photograph, [...(masksOf.get(photograph) ?? []), mask])
  }
  noteMatches(matches, notes)
  return masksOf
}

function noteMatches({ alone, ambiguous, guessed }: MaskMatches, notes: ImportPlan['notes']): void {
  for (const mask of alone) notes.push({ file: mask, ...message('mask-alone') })
  for (const { mask, candidates } of ambiguous) {
    notes.push({ file: mask, ...message('mask-ambiguous', { files: candidates.slice(0, 8) }) })
  }
  for (const { mask, photograph } of guessed) {
    notes.push({ file: mask, ...message('mask-guessed', { file: photograph }) })
  }
}
