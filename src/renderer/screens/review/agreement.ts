/** How often decisions agree with ground truth. Shown only on request: it must not lead the operator. */
import type { ReviewItem } from '../../../shared/contract.ts'

export interface Agreement {
  /** Decided parts whose label is known; "unsure" is no statement and does not count. */
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
