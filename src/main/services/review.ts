/** The review queue and what operators decide. */
import { z } from 'zod'
import type { CallArguments, CallOutput, ReviewItem } from '../../shared/contract.ts'
import type { Decision, DecisionKind, Run } from '../../shared/domain.ts'
import { tileScores } from '../engine/scores.ts'
import { decide, undoDecision } from '../store/decisions.ts'
import { signIn } from '../store/operators.ts'
import { findRun } from '../store/runs.ts'
import { countQueue, listQueue, type QueueRow } from '../store/scores.ts'
import { scoreOptionsOf } from './evaluation.ts'
import type { Session } from './session.ts'

const calibrationSchema = z.object({ mapScale: z.number().positive() })

/** @throws Failure `unknown-run` */
export function reviewQueue(
  { workspace: { db } }: Session,
  request: CallArguments<'review.queue'>,
): CallOutput<'review.queue'> {
  const { split, order, undecided, offset, limit } = request
  const run = findRun(db, request.run)
  const filter = { runId: run.id, split, undecided }
  const calibration = calibrationSchema.safeParse(run.calibration)
  return {
    ...countQueue(db, filter),
    mapScale: calibration.success ? calibration.data.mapScale : 1,
    items: listQueue(db, filter, { order, offset, limit }).map((row) => reviewItem(run, row)),
  }
}

function reviewItem(run: Run, row: QueueRow): ReviewItem {
  const { imageId, calibrated, tiles: _, components, ...rest } = row
  return { ...rest, image: imageId, calibrated: calibrated ?? 0, components: decidingTile(run, components) }
}

/** Components, by name, of the tile with the highest score. */
function decidingTile(run: Run, components: Float32Array): Record<string, number> {
  const names = run.components ?? []
  const scores = tileScores(components, names, scoreOptionsOf(run, null))
  let highest = 0
  for (const [tile, score] of scores.entries()) if (score > (scores[highest] ?? 0)) highest = tile
  return Object.fromEntries(
    names.map((name, column) => [name, components[highest * names.length + column] ?? 0]),
  )
}

export interface DecisionRequest {
  run: string
  image: number
  decision: DecisionKind
  /** A name; a new one becomes an operator. */
  operator: string
  defectType: string | null
  note: string | null
}

/** When this returns, the decision survives a power cut. @throws Failure `unknown-run`, `unknown-image` */
export function decideImage({ workspace: { db }, events }: Session, request: DecisionRequest): Decision {
  const { image, decision, defectType, note } = request
  const run = findRun(db, request.run)
  const decided = db.transaction(() =>
    decide(db, {
      runId: run.id,
      imageId: image,
      operatorId: signIn(db, request.operator).id,
      decision,
      defectType,
      note,
    }),
  )
  events.emit('review.decided', { run: run.id, image })
  return decided
}

/** Takes back the operator's newest decision of the run that stands; null when there is none. */
export function undoLast(
  { workspace: { db }, events }: Session,
  request: { run: string; operator: string },
): Decision | null {
  const run = findRun(db, request.run)
  const undone = undoDecision(db, { runId: run.id, operatorId: signIn(db, request.operator).id })
  if (undone) events.emit('review.decided', { run: run.id, image: undone.imageId })
  return undone
}
