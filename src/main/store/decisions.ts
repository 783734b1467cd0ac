import { z } from 'zod'
import {
  type Decision,
  type DecisionKind,
  decisionSchema,
  type Id,
  type ImageId,
} from '../../shared/domain.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { findImage } from './images.ts'
import { operatorById } from './operators.ts'
import { countRow } from './row.ts'
import { findRun } from './runs.ts'
import { scoreOf } from './scores.ts'

const columns = `id, run_id AS runId, image_id AS imageId, operator_id AS operatorId, decision,
  defect_type AS defectType, note, score, decided_at AS decidedAt, undone_at AS undoneAt, undone_by AS undoneBy`

export interface NewDecision {
  runId: Id | null
  imageId: ImageId
  operatorId: number
  decision: DecisionKind
  defectType?: string | null
  note?: string | null
  /** blind: without seeing what another operator had decided; settle: about decisions that disagree. */
  role?: 'review' | 'blind' | 'settle'
  /** Of those that were accepted at once. */
  batchId?: number | null
}

/**
 * Records what an operator decided, with the score that was on screen. When this returns the decision is on disk
 * and survives a power cut. It stands in the place of earlier ones on the image, which stay as they were.
 *
 * @throws Failure `image-unknown`, `run-unknown`
 */
export function decide(db: Database, values: NewDecision): Decision {
  const { runId, imageId, operatorId, decision, defectType = null, note = null } = values
  const { role = 'review', batchId = null } = values
  return db.transaction(() => {
    findImage(db, imageId)
    if (runId !== null) findRun(db, runId)
    const score = runId === null ? null : (scoreOf(db, runId, imageId)?.score ?? null)
    const decided = {
      runId,
      imageId,
      operatorId,
      decision,
      defectType,
      note,
      score,
      decidedAt: db.now(),
    }
    const { lastId } = db.run(
      `INSERT INTO decision (run_id, image_id, operator_id, decision, defect_type, note, score, decided_at, role,
         batch_id)
       VALUES ($runId, $imageId, $operatorId, $decision, $defectType, $note, $score, $decidedAt, $role, $batchId)`,
      { ...decided, role, batchId },
    )
    recordAudit(db, {
      action: 'decision.made',
      operator: operatorById(db, operatorId)?.name ?? null,
      run: runId,
      image: imageId,
      detail: { decision: lastId, is: decision, defectType, note, score, role, batch: batchId },
    })
    return { id: lastId, ...decided, undoneAt: null, undoneBy: null }
  })
}

/** For decisions that are taken at once, and taken back at once. */
export function beginBatch(db: Database, values: { runId: Id; operatorId: number }): number {
  const { lastId } = db.run(
    'INSERT INTO decision_batch (run_id, operator_id, decided_at) VALUES ($runId, $operatorId, $now)',
    { ...values, now: db.now() },
  )
  return lastId
}

/**
 * Takes back the operator's newest decision of a run that stands; where it was one of a batch, all of the batch.
 * @returns the newest of them, and how many they were; null when there is none
 */
export function undoNewest(
  db: Database,
  values: { runId: Id; operatorId: number },
): { undone: Decision; count: number } | null {
  return db.transaction(() => {
    const newest = db.get(
      z.object({ batchId: z.int().nullable() }),
      `SELECT batch_id AS batchId FROM decision
       WHERE run_id = $runId AND operator_id = $operatorId AND undone_at IS NULL ORDER BY id DESC LIMIT 1`,
      values,
    )
    const standing =
      newest?.batchId === null || newest === undefined
        ? 1
        : (db.get(
            countRow,
            'SELECT count(*) AS n FROM decision WHERE batch_id = $batchId AND undone_at IS NULL',
            { batchId: newest.batchId },
          )?.n ?? 0)
    let undone: Decision | null = null
    for (let i = 0; i < standing; i += 1) {
      const next = undoDecision(db, values)
      undone ??= next
    }
    return undone && { undone, count: standing }
  })
}

/** Takes back the operator's newest decision of a run that stands; null when there is none. */
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
    if (!last) return null
    const undone = { id: last.id, undoneAt: db.now(), undoneBy: values.operatorId }
    db.run('UPDATE decision SET undone_at = $undoneAt, undone_by = $undoneBy WHERE id = $id', undone)
    recordAudit(db, {
      action: 'decision.undone',
      operator: operatorById(db, values.operatorId)?.name ?? null,
      run: values.runId,
      image: last.imageId,
      detail: { decision: last.id, was: last.decision },
    })
    return { ...last, ...undone }
  })
}

/** The decision on an image that stands: the newest that was not undone. */
export const standingDecision = (db: Database, imageId: ImageId): Decision | undefined =>
  db.get(
    decisionSchema,
    `SELECT ${columns} FROM decision WHERE image_id = $imageId AND undone_at IS NULL ORDER BY id DESC LIMIT 1`,
    { imageId },
  )

/** All decisions on an image, also undone ones, in the order they were taken. */
export const decisionsOn = (db: Database, imageId: ImageId): Decision[] =>
  db.all(decisionSchema, `SELECT ${columns} FROM decision WHERE image_id = $imageId ORDER BY id`, { imageId })

/** All decisions of a run, also undone ones, in the order they were taken. */
export const decisionsOfRun = (db: Database, runId: Id): Decision[] =>
  db.all(decisionSchema, `SELECT ${columns} FROM decision WHERE run_id = $runId ORDER BY id`, { runId })
