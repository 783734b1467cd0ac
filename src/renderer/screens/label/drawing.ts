/**
 * One state of the photograph at hand: what is drawn, and what is said of the whole part. Both are one step of undo,
 * so that a stroke that is taken back leaves nothing of itself.
 */
import { ignoredType, type Shape, type Verdict } from '../../../shared/label.ts'

export interface Drawing {
  readonly shapes: readonly Shape[]
  readonly verdict: Verdict
  /** The verdict is known. Otherwise the mask decides it, which main tells once it is stored. */
  readonly isSettled: boolean
  /** What the part is without a mask: what was said of it last. */
  readonly unmasked: Verdict
}

export const opened = (shapes: readonly Shape[], verdict: Verdict): Drawing => ({
  shapes,
  verdict,
  isSettled: true,
  unmasked: verdict,
})

const isIgnored = ({ defectType }: Shape): boolean => defectType === ignoredType

/** What is most likely said of the part once the mask decides: until main has told, it is shown as this. */
function likely(shapes: readonly Shape[], before: Drawing): Verdict {
  const types = shapes
    .map(({ defectType }) => defectType)
    .filter((type) => type !== null && type !== ignoredType)
  const [first] = types
  if (first === undefined) return before.unmasked
  const { label, defectType } = before.verdict
  const stays = label === 'anomalous' && defectType !== null && types.includes(defectType)
  return { label: 'anomalous', defectType: stays ? defectType : first }
}

/** Other shapes: the part is what its mask says, and without one what it was before. */
export const withShapes = (before: Drawing, shapes: readonly Shape[]): Drawing => ({
  shapes,
  verdict: likely(shapes, before),
  isSettled: false,
  unmasked: before.unmasked,
})

export const isSame = (a: Drawing, b: Drawing): boolean =>
  JSON.stringify([a.shapes, a.verdict]) === JSON.stringify([b.shapes, b.verdict])

/** What a person says of the whole part. A part that is not anomalous has no mask; what is to be ignored stays. */
export function withVerdict(before: Drawing, verdict: Verdict): Drawing {
  const isKept = verdict.label === 'anomalous' || before.shapes.every(isIgnored)
  const shapes = isKept ? before.shapes : before.shapes.filter(isIgnored)
  const next = { shapes, verdict, isSettled: true, unmasked: verdict }
  return before.isSettled && isSame(before, next) ? before : next
}

export const settled = (drawing: Drawing, verdict: Verdict): Drawing => ({
  ...drawing,
  verdict,
  isSettled: true,
})

/** The same with a defect type called otherwise: it was renamed on all photographs, or another type took its masks. */
export function retyped(drawing: Drawing, from: string, to: string): Drawing {
  const isIt = (name: string | null): boolean => name?.toLowerCase() === from.toLowerCase()
  const said = (verdict: Verdict): Verdict =>
    isIt(verdict.defectType) ? { ...verdict, defectType: to } : verdict
  const { shapes, verdict, unmasked } = drawing
  return {
    ...drawing,
    shapes: shapes.map((shape) => (isIt(shape.defectType) ? { ...shape, defectType: to } : shape)),
    verdict: said(verdict),
    unmasked: said(unmasked),
  }
}
