import { createHash } from 'node:crypto'
import type { Label, Layout, Split } from '../../../shared/image.ts'
import type { Sha256 } from '../../../shared/values.ts'

/** Which share of the images that have no split of their own goes where. */
export interface SplitRule {
  layout: Layout
  seed: number
  /** Share of the normal images that goes to validation; default 0.15. */
  validationFraction: number
  /** The validation set is frozen: what would have joined it goes to test. */
  frozen?: boolean
}

/**
 * Without a test split of its own (`flat`): of the normal images 70 % train, 15 % validation, 15 % test; of the
 * anomalous ones 30 % validation, so that a threshold can be weighed against defects, and 70 % test. With one
 * (`mvtec`): 15 % of train/good become validation, and test stays what its author made it.
 */
const testFraction = 0.15
const anomalousValidationFraction = 0.3
export const defaultValidationFraction = 0.15

/** A number in [0, 1) that an image's bytes and the seed give, whatever else is imported and in which order. */
export function lot(sha256: Sha256, seed: number): number {
  return createHash('sha256').update(`${seed}:${sha256}`).digest().readUIntBE(0, 6) / 2 ** 48
}

/** Shares of validation and test; the rest trains. */
function shares(label: Label, rule: SplitRule): { validation: number; test: number } {
  if (rule.frozen)
    return { validation: 0, test: label === 'anomalous' ? 1 : rule.layout === 'flat' ? testFraction : 0 }
  if (label === 'anomalous')
    return { validation: anomalousValidationFraction, test: 1 - anomalousValidationFraction }
  return { validation: rule.validationFraction, test: rule.layout === 'flat' ? testFraction : 0 }
}

/** The split by lot alone, for an image that is stored before all of them are known. */
export function provisionalSplit(sha256: Sha256, label: Label, rule: SplitRule): Split {
  const { validation, test } = shares(label, rule)
  const drawn = lot(sha256, rule.seed)
  return drawn < validation ? 'validation' : drawn < validation + test ? 'test' : 'train'
}

/** A photograph to be drawn; photographs of one `part` go to one split together. */
export interface Drawn {
  id: number
  sha256: Sha256
  part?: string | null
}

/**
 * Splits images of one label by exact shares, rounded: those with the lowest lots go to validation, the next to
 * test, the rest to training. Depends on the images and the seed, not on their order. Two or more images always
 * give validation at least one, and leave at least one of the normal ones for training. Views of one part have the
 * lowest of their lots, and the shares are as exact as whole parts allow.
 */
export function assignSplits(images: readonly Drawn[], label: Label, rule: SplitRule): Map<number, Split> {
  const n = images.length
  const { validation, test } = shares(label, rule)
  const least = validation > 0 && n >= 2 ? 1 : 0
  const room = label === 'normal' ? Math.max(0, n - 1) : n
  const inValidation = Math.min(room, Math.max(least, Math.round(n * validation)))
  const inTest = label === 'normal' ? Math.min(room - inValidation, Math.round(n * test)) : n - inValidation
  const splits = new Map<number, Split>()
  let drawn = 0
  const parts = partsInOrder(images, rule.seed)
  for (const { members } of parts) {
    // A part goes where its middle falls; one goes to validation even if it is large.
    const isFirst = drawn === 0 && least > 0 && parts.length > 1
    const middle = isFirst ? 0 : drawn + members.length / 2
    const split = middle < inValidation ? 'validation' : middle < inValidation + inTest ? 'test' : 'train'
    for (const { id } of members) splits.set(id, split)
    drawn += members.length
  }
  return splits
}

function partsInOrder(images: readonly Drawn[], seed: number): { members: Drawn[] }[] {
  const parts = new Map<string, { lot: number; sha256: Sha256; members: Drawn[] }>()
  for (const image of images) {
    const own = lot(image.sha256, seed)
    // Bytes are no name: the key of a photograph alone is never that of a part.
    const key = image.part == null ? `\0${image.id}` : image.part
    const known = parts.get(key)
    if (known === undefined) {
      parts.set(key, { lot: own, sha256: image.sha256, members: [image] })
      continue
    }
    known.members.push(image)
    if (own < known.lot) Object.assign(known, { lot: own, sha256: image.sha256 })
  }
  return [...parts.values()].sort((a, b) => a.lot - b.lot || (a.sha256 < b.sha256 ? -1 : 1))
}
