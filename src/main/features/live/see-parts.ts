/** Flagged parts are seen one by one: a part that was seen leaves the queue, and can be taken back into it. */
import type { LivePart } from '../../../shared/live.ts'
import type { Session } from '../../session/session.ts'
import { undoDecisionOf } from '../../store/decisions.ts'
import { partById } from '../../store/live.ts'
import { markSeen, markUnseen, newestSeen } from '../../store/live-seen.ts'
import { findOrMakeOperator } from '../../store/operators.ts'

/** Notes that an operator has seen a part, without a decision. Nothing happens where another window was first. */
export function seePart(
  { workspace: { db }, events }: Session,
  { part, operator }: { part: number; operator: string },
): void {
  const seen = markSeen(db, part, findOrMakeOperator(db, operator).id)
  if (seen !== null) events.emit('live.seen', { part })
}

/**
 * Takes back what the operator did last with a flagged part: a decision, or that it was seen.
 * @returns the part, which waits again; null where there is nothing to take back
 */
export function undoSeen(
  { workspace: { db }, events }: Session,
  { operator }: { operator: string },
): { undone: LivePart | null } {
  const operatorId = findOrMakeOperator(db, operator).id
  const newest = newestSeen(db, operatorId)
  if (newest === null) return { undone: null }
  const { part, decision } = newest
  if (decision === null) markUnseen(db, part, operatorId)
  else {
    const undone = undoDecisionOf(db, decision, operatorId)
    if (undone !== null && undone.runId !== null)
      events.emit('review.decided', { run: undone.runId, image: undone.imageId })
  }
  events.emit('live.seen', { part })
  return { undone: partById(db, part) ?? null }
}
