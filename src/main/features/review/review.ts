/** The review queue and what operators decide. */
import type { CallArguments, CallOutput } from '../../../shared/contract.ts'
import { elementAt } from '../../../shared/element-at.ts'
import type { Decision, DecisionKind, ReviewItem, ReviewView } from '../../../shared/review.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id, ImageId } from '../../../shared/values.ts'
import type { ScoreOptions } from '../../model/scores.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import { decide, newestBatch, undoDecision } from '../../store/decisions.ts'
import { activePoint } from '../../store/operating-points.ts'
import { findOrMakeOperator, operatorByName } from '../../store/operators.ts'
import { findRun } from '../../store/runs.ts'
import {
  countLiveScored,
  countQueue,
  countWaiting,
  listQueue,
  opinionsOn,
  type QueueRow,
} from '../../store/scores.ts'
import { flaggedBeside } from '../../store/viewed-parts.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { decidingTile } from '../runs/deciding-tile.ts'
import { mapScaleOf, optionsFor, settingsInUse } from '../runs/score-settings.ts'
import { acceptUndecidedTask, undoBatchTask } from './batch-tasks.ts'
import { verdictsOf } from './flags.ts'

/** @throws Failure `unknown-run` */
export function reviewQueue(
  { workspace: { db } }: Session,
  request: CallArguments<'review.queue'>,
): CallOutput<'review.queue'> {
  const { split, order, undecided, offset, limit, view, operator } = request
  const run = findRun(db, request.run)
  const operatorId = operator === null ? null : (operatorByName(db, operator)?.id ?? null)
  const filter = { runId: run.id, split, undecided, view, operatorId }
  const point = activePoint(db, run.id)
  const options = optionsFor(run, settingsInUse(db, run))
  const mapScale = mapScaleOf(run)
  const verdict = verdictsOf(db, run)
  return {
    ...countQueue(db, filter),
    live: offset === 0 ? countLiveScored(db, run.id) : null,
    mapScale,
    point,
    items: listQueue(db, filter, { order, offset, limit, threshold: point?.threshold ?? null }).map(
      (row) => ({
        ...reviewItem(run, row, options),
        verdict: verdict(row.imageId, row.score),
        ...(view === 'disagreements' ? { opinions: opinionsOn(db, row.imageId) } : {}),
      }),
    ),
  }
}

/** @throws Failure `unknown-run` */
export const waitingParts = (
  { workspace: { db } }: Session,
  request: CallArguments<'review.waiting'>,
): CallOutput<'review.waiting'> => countWaiting(db, findRun(db, request.run).id)

function reviewItem(run: Run, row: QueueRow, options: ScoreOptions): Omit<ReviewItem, 'verdict'> {
  const { imageId, calibrated, tiles: _, components, ...rest } = row
  return {
    ...rest,
    image: imageId,
    calibrated: calibrated ?? 0,
    components: componentsByName(run, components, options),
  }
}

/** Components, by name, of the tile with the highest score. */
function componentsByName(run: Run, components: Float32Array, options: ScoreOptions): Record<string, number> {
  const names = run.components ?? []
  const deciding = decidingTile(components, names, options)
  return Object.fromEntries(
    names.map((name, column) => [name, elementAt(deciding, column, 'components of tiles')]),
  )
}

export interface DecisionRequest {
  run: string
  image: number
  decision: DecisionKind
  /** The operator's name; a new name becomes an operator. */
  operator: string
  defectType: string | null
  note: string | null
  /** The queue in which the decision was made; by default `all`. */
  view?: ReviewView
}

const roles = { all: 'review', second: 'blind', disagreements: 'settle' } as const

/**
 * Records a decision. When this returns, it survives a power cut.
 * @throws Failure `unknown-run`, `unknown-image`
 */
export function decideImage({ workspace: { db }, events }: Session, request: DecisionRequest): Decision {
  const { image, decision, defectType, note, view = 'all' } = request
  const run = findRun(db, request.run)
  const decided = db.transaction(() =>
    decide(db, {
      runId: run.id,
      imageId: image,
      operatorId: findOrMakeOperator(db, request.operator).id,
      decision,
      defectType,
      note,
      role: roles[view],
    }),
  )
  tellDecided({ db, events }, run.id, image)
  return decided
}

/** Also of the other views of the part, which the decision is about too. */
function tellDecided(
  { db, events }: { db: Database; events: Session['events'] },
  run: Id,
  image: ImageId,
): void {
  for (const decided of [image, ...flaggedBeside(db, image, run)])
    events.emit('review.decided', { run, image: decided })
}

/**
 * Undoes the operator's newest valid decision of the run, together with all parts that were accepted at once with it;
 * null when there is none.
 */
export async function undoLast(
  { workspace, events }: Session,
  request: { run: string; operator: string },
): Promise<CallOutput<'review.undo'>> {
  const { db } = workspace
  const run = findRun(db, request.run)
  const by = { runId: run.id, operatorId: findOrMakeOperator(db, request.operator).id }
  const batchId = newestBatch(db, by)
  let taken: CallOutput<'review.undo'> = { undone: null, count: 0 }
  if (batchId === null) {
    const undone = undoDecision(db, by)
    if (undone) taken = { undone, count: 1 }
  } else {
    taken =
      (await runWorkspaceTask(workspace, undoBatchTask, { batchId, operatorId: by.operatorId })) ?? taken
  }
  if (taken.undone) tellDecided({ db, events }, run.id, taken.undone.imageId)
  return taken
}

/**
 * Accepts undecided parts of the queue at once: those that are not flagged, or all of them. One undo takes all of them
 * back.
 */
export async function acceptRest(
  { workspace, events }: Session,
  request: CallArguments<'review.acceptRest'>,
): Promise<{ accepted: number }> {
  const { db } = workspace
  const run = findRun(db, request.run)
  const operatorId = findOrMakeOperator(db, request.operator).id
  const ids = await runWorkspaceTask(workspace, acceptUndecidedTask, {
    runId: run.id,
    split: request.split,
    operatorId,
    flaggedToo: request.flaggedToo,
  })
  const last = ids.at(-1)
  if (last !== undefined) events.emit('review.decided', { run: run.id, image: last })
  return { accepted: ids.length }
}
