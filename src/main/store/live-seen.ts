/**
 * The queue of flagged parts that nobody has seen yet, of all watches. A part leaves it by a decision about it,
 * wherever that is made, or by an operator who says that it was seen; taking either back brings it back.
 */
import { z } from 'zod'
import type { LivePart } from '../../shared/live.ts'
import type { ImageId } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { partById, partColumns, partRow } from './live.ts'
import { operatorById } from './operators.ts'
import { countRow } from './row.ts'
import { flaggedViewsBeside } from './viewed-parts.ts'

/** Condition: the part waits to be seen. The literals let SQLite use the index of such parts. */
const unseen = `verdict = 'flagged' AND seen_at IS NULL`

/** The oldest first. */
export const unseenParts = (db: Database, limit: number): LivePart[] =>
  db.all(partRow, `SELECT ${partColumns} FROM live_part WHERE ${unseen} ORDER BY id LIMIT $limit`, { limit })

export const countUnseen = (db: Database): number =>
  db.get(countRow, `SELECT count(*) AS n FROM live_part WHERE ${unseen}`)?.n ?? 0

/**
 * An operator says that a part was seen, with all of its views.
 * @returns the part; null where it does not wait to be seen
 */
export function markSeen(db: Database, id: number, operatorId: number): LivePart | null {
  return db.transaction(() => {
    const seen = markOneSeen(db, id, operatorId)
    for (const beside of flaggedViewsBeside(db, id)) markOneSeen(db, beside, operatorId)
    return seen
  })
}

function markOneSeen(db: Database, id: number, operatorId: number): LivePart | null {
  return db.transaction(() => {
    const { changes } = db.run(
      `UPDATE live_part SET seen_at = $now, seen_by = $operatorId WHERE id = $id AND ${unseen}`,
      { id, operatorId, now: db.now() },
    )
    return changes === 0 ? null : recordSeen(db, 'live.seen', id, operatorId)
  })
}

/** Takes back that a part was seen by the operator without a decision, with all of its views. */
export function markUnseen(db: Database, id: number, operatorId: number): LivePart | null {
  return db.transaction(() => {
    for (const beside of flaggedViewsBeside(db, id)) markOneUnseen(db, beside, operatorId)
    return markOneUnseen(db, id, operatorId)
  })
}

function markOneUnseen(db: Database, id: number, operatorId: number): LivePart | null {
  return db.transaction(() => {
    const { changes } = db.run(
      `UPDATE live_part SET seen_at = NULL, seen_by = NULL
       WHERE id = $id AND verdict = 'flagged' AND seen_by = $operatorId AND seen_decision_id IS NULL`,
      { id, operatorId },
    )
    return changes === 0 ? null : recordSeen(db, 'live.unseen', id, operatorId)
  })
}

function recordSeen(
  db: Database,
  action: 'live.seen' | 'live.unseen',
  id: number,
  operatorId: number,
): LivePart | null {
  const part = partById(db, id)
  if (part === undefined) return null
  recordAudit(db, {
    action,
    operator: operatorById(db, operatorId)?.name ?? null,
    run: part.run,
    image: part.image,
    detail: { part: id, file: part.file },
  })
  return part
}

/** To be called after decisions about images: their parts have been seen. */
export function seenByDecision(db: Database, images: readonly ImageId[], operatorId: number): void {
  db.run(
    `UPDATE live_part SET seen_at = $now, seen_by = $operatorId, seen_decision_id = (
       SELECT max(d.id) FROM decision AS d WHERE d.image_id = live_part.image_id AND d.undone_at IS NULL)
     WHERE ${unseen} AND image_id IN (SELECT value FROM json_each($images))`,
    { images: JSON.stringify(images), operatorId, now: db.now() },
  )
}

/** To be called after decisions about images were taken back: parts about which none stands wait again. */
export function unseenAfterUndo(db: Database, images: readonly ImageId[]): void {
  db.run(
    `UPDATE live_part SET seen_at = NULL, seen_by = NULL, seen_decision_id = NULL
     WHERE image_id IN (SELECT value FROM json_each($images)) AND seen_decision_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM decision AS d WHERE d.image_id = live_part.image_id AND d.undone_at IS NULL)`,
    { images: JSON.stringify(images) },
  )
}

const actRow = z.object({ part: z.int(), decision: z.int().nullable() })

/**
 * The part that the operator saw last, and the decision by which; null where there is none. Parts that were accepted
 * many at once are left out: those are taken back together, in the review.
 */
export const newestSeen = (db: Database, operatorId: number): z.output<typeof actRow> | null =>
  db.get(
    actRow,
    `SELECT live_part.id AS part, live_part.seen_decision_id AS decision
     FROM live_part LEFT JOIN decision ON decision.id = live_part.seen_decision_id
     WHERE live_part.seen_by = $operatorId AND decision.batch_id IS NULL
     ORDER BY live_part.seen_at DESC, live_part.id DESC LIMIT 1`,
    { operatorId },
  ) ?? null
