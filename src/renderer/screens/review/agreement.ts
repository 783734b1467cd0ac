/**
 * How often decisions agree with the model, and with ground truth. Ground truth is shown only on request, so that it
 * does not influence the operator.
 */
import type { Counted } from '../../../shared/counted.ts'
import type { ReviewItem } from '../../../shared/review.ts'

export interface Agreement {
  /** Decided parts whose label is known. "Unsure" says neither good nor defective and does not count. */
  compared: number
  agreed: number
  /** Defects that were accepted. */
  escapes: number
  /** Good parts that were rejected. */
  falseRejects: number
}

export function agreementOf(items: readonly Pick<ReviewItem, 'label' | 'decision'>[]): Agreement {
  const found: Agreement = { compared: 0, agreed: 0, escapes: 0, falseRejects: 0 }
  for (const { label, decision } of items) {
    if (decision === null || decision.decision === 'unsure' || label === 'unlabeled') continue
    found.compared += 1
    if (decision.decision === 'accept' && label === 'anomalous') found.escapes += 1
    else if (decision.decision === 'reject' && label === 'normal') found.falseRejects += 1
    else found.agreed += 1
  }
  return found
}

/**
 * Of the decided parts, those on which the operator says what the operating point in use says; null where there is
 * nothing to compare. "Unsure" says neither.
 */
export function agreementWithModel(
  items: readonly Pick<ReviewItem, 'verdict' | 'decision'>[],
): Counted | null {
  const counted = { part: 0, whole: 0 }
  for (const { verdict, decision } of items) {
    if (decision === null || decision.decision === 'unsure' || verdict === null) continue
    counted.whole += 1
    if ((decision.decision === 'reject') === (verdict === 'flagged')) counted.part += 1
  }
  return counted.whole === 0 ? null : counted
}
