/** Files that were refused, with the ones of one reason together: hundreds of one kind are one line to read. */
import type { ImportReport } from '../../../shared/import.ts'

type Refusal = ImportReport['refused'][number]

export interface RefusedForOneReason {
  code: Refusal['code']
  files: Refusal[]
}

/** The reason that most files have comes first. */
export function refusedByReason(refused: readonly Refusal[]): RefusedForOneReason[] {
  const reasons = new Map<Refusal['code'], Refusal[]>()
  for (const refusal of refused) {
    const known = reasons.get(refusal.code)
    if (known === undefined) reasons.set(refusal.code, [refusal])
    else known.push(refusal)
  }
  return [...reasons]
    .map(([code, files]) => ({ code, files }))
    .sort((a, b) => b.files.length - a.files.length)
}
