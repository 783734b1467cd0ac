import { z } from 'zod'
import type { Split } from '../../shared/image.ts'
import { type Decision, type DecisionKind, decisionSchema } from '../../shared/review.ts'
import { type Id, type ImageId, imageIdSchema } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findImage } from './images.ts'
import { seenByDecision, unseenAfterUndo } from './live-seen.ts'
import { operatorById } from './operators.ts'
import { findRun } from './runs.ts'
import { idRanges, scoreOf, undecidedOf } from './scores.ts'
import { flaggedBeside } from './viewed-parts.ts'

const columns = `id, run_id AS runId, image_id AS imageId, operator_id AS operatorId, decision,
  defect_type AS defectType, note, score, decided_at AS decidedAt, undone_at AS undoneAt, undone_by AS undoneBy`

export interface NewDecision {
  runId: Id | null
  imageId: ImageId
  operatorId: number
  decision: DecisionKind
  defectType?: string | null
  note?: string | null
  /** `blind`: made without seeing another operator's decision; `settle`: made to settle disagreeing decisions. */
  role?: 'review' | 'blind' | 'settle'
}

/**
 * Records an operator's decision, with the score that was on screen. When this returns, the decision is on disk and
 * survives a power cut. It replaces earlier decisions on the image, whose rows stay unchanged. Where the image is a view
 * of a part, the decision is about the part: its other flagged views get the same one.
 *
 * @throws Failure `image-unknown`, `run-unknown`
 */
export function decide(db: Database, values: NewDecision): Decision {
  const { runId, imageId } = values
  return db.transaction(() => {
    const decidedAt = db.now()
    const decided = decideOne(db, values, decidedAt)
    for (const beside of runId === null ? [] : flaggedBeside(db, imageId, runId))
      decideOne(db, { ...values, imageId: beside }, decidedAt)
    return decided
  })
}

function decideOne(db: Database, values: NewDecision, decidedAt: number): Decision {
  const { runId, imageId, operatorId, decision, defectType = null, note = null } = values
  const { role = 'review' } = values
  return db.transaction(() => {
    findImage(db, imageId)
    if (runId !== null) findRun(db, runId)
    const score = runId === null ? null : (scoreOf(db, runId, imageId)?.score ?? null)
    const decided = { runId, imageId, operatorId, decision, defectType, note, score, decidedAt }
    const { lastId } = db.run(
      `INSERT INTO decision (run_id, image_id, operator_id, decision, defect_type, note, score, decided_at, role)
       VALUES ($runId, $imageId, $operatorId, $decision, $defectType, $note, $score, $decidedAt, $role)`,
      { ...decided, role },
    )
    seenByDecision(db, [imageId], operatorId)
    recordAudit(db, {
      action: 'decision.made',
      operator: operatorById(db, operatorId)?.name ?? null,
      run: runId,
      image: imageId,
      detail: { decision: lastId, is: decision, defectType, note, score, role },
    })
    return { id: lastId, ...decided, undoneAt: null, undoneBy: null }
  })
}

/**
 * Accepts the undecided parts of a run's queue in one transaction: when this returns, all of these decisions are on
 * disk, or none. The audit records them in one row, which names the parts.
 * @param values.accepts which of them; all where it is left out
 * @returns the accepted parts, in the order of the queue
 */
export function acceptUndecided(
  db: Database,
  values: {
    runId: Id
    split?: Split | undefined
    operatorId: number
    accepts?: (image: ImageId, score: number) => boolean
  },
): ImageId[] {
  const { runId, split, operatorId, accepts = () => true } = values
  return db.transaction(() => {
    const ids = undecidedOf(db, { runId, split })
      .filter(({ id, score }) => accepts(id, score))
      .map(({ id }) => id)
    if (ids.length === 0) return ids
    const now = db.now()
    const { lastId: batchId } = db.run(
      'INSERT INTO decision_batch (run_id, operator_id, decided_at) VALUES ($runId, $operatorId, $now)',
      { runId, operatorId, now },
    )
    // CROSS JOIN fixes the order of the join: the score of each part is found by key, instead of searching the part
    // of each score.
    db.run(
      `INSERT INTO decision (run_id, image_id, operator_id, decision, score, decided_at, role, batch_id)
       SELECT score.run_id, score.image_id, $operatorId, 'accept', score.score, $now, 'review', $batchId
       FROM json_each($ids) AS chosen
         CROSS JOIN score ON score.run_id = $runId AND score.image_id = chosen.value
       ORDER BY chosen.key`,
      { runId, operatorId, now, batchId, ids: JSON.stringify(ids) },
    )
    seenByDecision(db, ids, operatorId)
    recordAudit(db, {
      action: 'decision.made',
      operator: operatorById(db, operatorId)?.name ?? null,
      run: runId,
      detail: { is: 'accept', role: 'review', batch: batchId, count: ids.length, images: idRanges(ids) },
    })
    return ids
  })
}

/** The batch of the operator's newest valid decision of a run; null where that was made singly. */
export function newestBatch(db: Database, values: { runId: Id; operatorId: number }): number | null {
  const newest = db.get(
    z.object({ batchId: z.int().nullable() }),
    `SELECT batch_id AS batchId FROM decision
     WHERE run_id = $runId AND operator_id = $operatorId AND undone_at IS NULL ORDER BY id DESC LIMIT 1`,
    values,
  )
  return newest?.batchId ?? null
}

/**
 * Undoes all decisions of a batch that are still valid, or none.
 * @returns the newest of them, and their number; null when there is none
 */
export function undoBatch(
  db: Database,
  values: { batchId: number; operatorId: number },
): { undone: Decision; count: number } | null {
  const { batchId, operatorId } = values
  return db.transaction(() => {
    const standing = db.all(
      z.object({ imageId: imageIdSchema }),
      'SELECT image_id AS imageId FROM decision WHERE batch_id = $batchId AND undone_at IS NULL ORDER BY id',
      { batchId },
    )
    const undoneAt = db.now()
    db.run(
      `UPDATE decision SET undone_at = $undoneAt, undone_by = $operatorId
       WHERE batch_id = $batchId AND undone_at IS NULL`,
      { batchId, undoneAt, operatorId },
    )
    const undone = db.get(
      decisionSchema,
      `SELECT ${columns} FROM decision WHERE batch_id = $batchId AND undone_at = $undoneAt ORDER BY id DESC LIMIT 1`,
      { batchId, undoneAt },
    )
    if (standing.length === 0 || !undone) return null
    unseenAfterUndo(
      db,
      standing.map(({ imageId }) => imageId),
    )
    recordAudit(db, {
      action: 'decision.undone',
      operator: operatorById(db, operatorId)?.name ?? null,
      run: undone.runId,
      detail: {
        was: undone.decision,
        batch: batchId,
        count: standing.length,
        images: idRanges(standing.map(({ imageId }) => imageId)),
      },
    })
    return { undone, count: standing.length }
  })
}

/** Undoes the operator's newest valid decision of a run; null when there is none. */
export function undoDecision(
  db: Database,
  values: { runId: Id | null; operatorId: number },
): Decision | null {
  return db.transaction(() => {
    const last = db.get(
      decisionSchema,
      `SELECT ${columns} FROM decision
       WHERE run_id IS $runId AND operator_id = $operatorId AND undone_at IS NULL ORDER BY id DESC LIMIT 1`,
      values,
    )
    return last ? takeBackPart(db, last, values.operatorId) : null
  })
}

/** Undoes one decision; null where it does not stand. */
export function undoDecisionOf(db: Database, id: number, operatorId: number): Decision | null {
  return db.transaction(() => {
    const standing = db.get(
      decisionSchema,
      `SELECT ${columns} FROM decision WHERE id = $id AND undone_at IS NULL`,
      { id },
    )
    return standing ? takeBackPart(db, standing, operatorId) : null
  })
}

/** With what was decided together with it, about other views of the part. */
function takeBackPart(db: Database, decision: Decision, operatorId: number): Decision {
  // Without a run, one image was decided about.
  const together =
    decision.runId === null
      ? []
      : db.all(
          decisionSchema,
          `SELECT ${columns} FROM decision
     WHERE operator_id = $operatorId AND decided_at = $decidedAt AND decision = $decision AND run_id IS $runId
       AND undone_at IS NULL AND batch_id IS NULL AND id <> $id AND image_id IN (
         SELECT other.image_id FROM live_part JOIN live_part AS other USING (viewed_part_id)
         WHERE live_part.image_id = $imageId)
     ORDER BY id`,
          {
            id: decision.id,
            operatorId: decision.operatorId,
            decidedAt: decision.decidedAt,
            decision: decision.decision,
            runId: decision.runId,
            imageId: decision.imageId,
          },
        )
  for (const other of together) takeBack(db, other, operatorId)
  return takeBack(db, decision, operatorId)
}

function takeBack(db: Database, decision: Decision, operatorId: number): Decision {
  const undone = { id: decision.id, undoneAt: db.now(), undoneBy: operatorId }
  db.run('UPDATE decision SET undone_at = $undoneAt, undone_by = $undoneBy WHERE id = $id', undone)
  unseenAfterUndo(db, [decision.imageId])
  recordAudit(db, {
    action: 'decision.undone',
    operator: operatorById(db, operatorId)?.name ?? null,
    run: decision.runId,
    image: decision.imageId,
    detail: { decision: decision.id, was: decision.decision },
  })
  return { ...decision, ...undone }
}

/** The valid decision on an image: the newest that was not undone. */
export const standingDecision = (db: Database, imageId: ImageId): Decision | undefined =>
  db.get(
    decisionSchema,
    `SELECT ${columns} FROM decision WHERE image_id = $imageId AND undone_at IS NULL ORDER BY id DESC LIMIT 1`,
    { imageId },
  )

/** All decisions on an image, including undone ones, in the order in which they were made. */
export const decisionsOn = (db: Database, imageId: ImageId): Decision[] =>
  db.all(decisionSchema, `SELECT ${columns} FROM decision WHERE image_id = $imageId ORDER BY id`, { imageId })
