/** Which images of a proposal a person accepts, and the training set that this would make. */
import type { CurationCandidate, CurationProposal } from '../../../shared/curation.ts'

export interface Choice {
  taken: ReadonlySet<number>
  /** Images that are removed from the training set. */
  removed: ReadonlySet<number>
}

export const initialChoice = ({ candidates, removals }: CurationProposal): Choice => ({
  taken: new Set(candidates.filter(({ proposed }) => proposed).map(({ image }) => image)),
  removed: new Set(removals.map(({ image }) => image)),
})

/** The choice with a candidate added or left out. A candidate that is not allowed is never added. */
export function toggled(choice: Choice, { image, allowed }: CurationCandidate): Choice {
  const taken = new Set(choice.taken)
  if (taken.has(image)) taken.delete(image)
  else if (allowed) taken.add(image)
  return { ...choice, taken }
}

/** As `curation.confirm` expects it: only what differs from the proposal. */
export function changesOf(
  { candidates }: CurationProposal,
  { taken }: Choice,
): { include: number[]; exclude: number[] } {
  return {
    include: candidates
      .filter(({ image, proposed }) => !proposed && taken.has(image))
      .map(({ image }) => image),
    exclude: candidates
      .filter(({ image, proposed }) => proposed && !taken.has(image))
      .map(({ image }) => image),
  }
}

export const sizeAfter = ({ base }: CurationProposal, { taken, removed }: Choice): number =>
  base.images + taken.size - removed.size
