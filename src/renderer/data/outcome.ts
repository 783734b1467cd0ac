/** Whether a verdict was right, for a person who looks for the model's mistakes. */
import type { ReviewItem } from '../../shared/review.ts'

export const outcomes = ['all', 'false-reject', 'escape'] as const
export type Outcome = (typeof outcomes)[number]

/** Whether the part has a defect: what the dataset says or, where it says nothing, what was decided; null if neither. */
function isDefective({ label, decision }: ReviewItem): boolean | null {
  if (label !== 'unlabeled') return label === 'anomalous'
  if (decision === null || decision.decision === 'unsure') return null
  return decision.decision === 'reject'
}

/** The defect type by the dataset or, where it names none, by the decision. */
export const typeOf = ({ defectType, decision }: ReviewItem): string | null =>
  defectType ?? decision?.defectType ?? null

/** Which mistake the verdict on a part is; null where it is right, or nobody can say. */
export function mistakeOf(item: ReviewItem): Exclude<Outcome, 'all'> | null {
  const defective = isDefective(item)
  if (defective === null || item.verdict === null) return null
  const flagged = item.verdict === 'flagged'
  if (flagged === defective) return null
  return flagged ? 'false-reject' : 'escape'
}
