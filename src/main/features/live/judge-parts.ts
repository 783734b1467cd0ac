/** From the scores of the engine to verdicts: both are stored in one transaction, so that no part is judged twice. */
import { failureData, failureDocument } from '../../../shared/failure.ts'
import type { LivePart } from '../../../shared/live.ts'
import type { Message } from '../../../shared/messages/message.ts'
import type { ScoredImage } from '../../engine/protocol.ts'
import { isStorageFailure } from '../../platform/storage-errors.ts'
import { judgePart, openPartsOf } from '../../store/live.ts'
import { findRun } from '../../store/runs.ts'
import { componentsOf, saveScores } from '../../store/scores.ts'
import { begunWith } from '../../store/viewed-parts.ts'
import { measureFlaggedRegions } from '../scoring/measure-flagged-regions-task.ts'
import { newScore } from '../scoring/score-job.ts'
import { judgeOfPart, presentJudge } from './judge.ts'
import { storeNext } from './keep-storing.ts'
import { type JudgingModel, showProgress, type WatchedLine } from './watched-line.ts'
import { writePart } from './write-part.ts'

/** @param reason of the topic `failure` */
export function refusePart(line: WatchedLine, part: number, reason: Message): void {
  const { session, model } = line
  const judged = judgePart(session.workspace.db, part, {
    verdict: 'refused',
    score: null,
    threshold: null,
    reason,
    run: model.run.id,
    point: null,
  })
  if (judged) writePart(line, judged)
}

/**
 * Refuses all parts of an image. Never fails but for storage: of a defect one image suffers, not the line.
 * @param reason of the topic `failure`
 */
export function refuseImage(line: WatchedLine, image: number, reason: Message): void {
  const { session, watch } = line
  try {
    for (const part of openPartsOf(session.workspace.db, watch.id, image)) refusePart(line, part.id, reason)
  } catch (error) {
    if (isStorageFailure(error)) throw error
    session.log.error(`The parts of image ${image} could not be refused.`, failureDocument(error))
  }
  line.fed.delete(image)
  showProgress(line)
}

/**
 * Refuses an image on which work failed.
 * @throws the error itself where storage is its cause: then the work is tried again
 */
export function refuseAfter(line: WatchedLine, image: number, error: unknown): void {
  if (isStorageFailure(error)) throw error
  line.session.log.error(`Image ${image} could not be judged and is refused.`, failureDocument(error))
  refuseImage(line, image, failureData(error))
}

/**
 * Scores and verdicts in one transaction: either both are there, or the part is still open. Where they can never be
 * stored, the part is refused.
 */
export function storeScores(line: WatchedLine, rows: readonly ScoredImage[]): void {
  try {
    storeTogether(line, rows)
  } catch (error) {
    if (isStorageFailure(error)) throw error
    for (const row of rows) {
      try {
        // One of them may be the cause; the others pass alone.
        storeTogether(line, [row])
      } catch (cause) {
        refuseAfter(line, row.image, cause)
      }
    }
  }
}

function storeTogether(line: WatchedLine, rows: readonly ScoredImage[]): void {
  const { session, model } = line
  const { db } = session.workspace
  const { id } = model.run
  const judged = db.transaction(() => {
    saveScores(
      db,
      id,
      rows[0]?.componentNames ?? [],
      rows.map((row) => newScore(id, row)),
      'later',
    )
    return rows.flatMap(({ image }) => verdicts(line, image, model))
  })
  for (const { image } of rows) line.fed.delete(image)
  for (const part of judged) writePart(line, part)
  measureMaps(line)
  showProgress(line)
}

/** @param isMeasured its regions were measured as far as that went; where they were not, its score decides */
function verdicts(line: WatchedLine, image: number, model: JudgingModel, isMeasured = false): LivePart[] {
  const { session, watch } = line
  const { db } = session.workspace
  const { run } = model
  const measured = componentsOf(db, run.id, image)
  if (!measured) return []
  const names = findRun(db, run.id).components ?? []
  // A threshold that was set meanwhile holds from the next part on, not for the other views of one that has begun.
  model.judge = presentJudge(db, run, model.judge)
  const open = openPartsOf(db, watch.id, image).map((part) => {
    const begun = part.viewed === null ? undefined : begunWith(db, part.viewed)
    const judge = begun?.run === run.id ? judgeOfPart(db, run, begun.point, model.judge) : model.judge
    return { part, judge, judged: judge.of(image, measured.components, names) }
  })
  if (!isMeasured && open.some(({ judge, judged }) => judge.awaitsRegions(image, judged))) {
    line.unmeasured.set(image, model)
    return []
  }
  return open.flatMap(
    ({ part, judge, judged }) =>
      judgePart(db, part.id, { ...judged, reason: null, run: run.id, point: judge.point }) ?? [],
  )
}

export function judgeImage(line: WatchedLine, image: number, model: JudgingModel, isMeasured = false): void {
  const { db } = line.session.workspace
  for (const part of db.transaction(() => verdicts(line, image, model, isMeasured))) writePart(line, part)
  measureMaps(line)
}

/** Has the maps measured of the images that wait for it, and judges those. */
function measureMaps(line: WatchedLine): void {
  if (line.isMeasuring || line.unmeasured.size === 0) return
  line.isMeasuring = true
  line.measuring = measureWaiting(line).finally(() => {
    line.isMeasuring = false
    // Another model may have waited for this verdict.
    if (line.isGoingOver) line.feed()
  })
}

async function measureWaiting(line: WatchedLine): Promise<void> {
  const { workspace, log } = line.session
  while (line.unmeasured.size > 0) {
    const waiting = [...line.unmeasured]
    line.unmeasured.clear()
    try {
      for (const run of new Set(waiting.map(([, model]) => model.run.id))) {
        const images = waiting.filter(([, model]) => model.run.id === run).map(([image]) => image)
        await measureFlaggedRegions(workspace, run, images)
      }
    } catch (error) {
      // Rather a false reject than a part that is never judged.
      log.error('The regions of heat maps could not be measured.', failureDocument(error))
    }
    for (const [image, model] of waiting) {
      await storeNext(line, () => {
        try {
          judgeImage(line, image, model, true)
        } catch (error) {
          refuseAfter(line, image, error)
        }
      })
    }
    showProgress(line)
  }
}
