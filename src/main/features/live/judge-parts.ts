/** From the scores of the engine to verdicts: both are stored in one transaction, so that no part is judged twice. */
import { failureDocument } from '../../../shared/failure.ts'
import type { LivePart } from '../../../shared/live.ts'
import type { Message } from '../../../shared/messages/message.ts'
import type { ScoredImage } from '../../engine/protocol.ts'
import { judgePart, openPartsOf } from '../../store/live.ts'
import { findRun } from '../../store/runs.ts'
import { componentsOf, saveScores } from '../../store/scores.ts'
import { measureFlaggedRegions } from '../scoring/measure-flagged-regions-task.ts'
import { newScore } from '../scoring/score-job.ts'
import { presentJudge } from './judge.ts'
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

/** Scores and verdicts in one transaction: either both are there, or the part is still open. */
export function storeScores(line: WatchedLine, rows: readonly ScoredImage[]): void {
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
  // A threshold that was set meanwhile holds from the next part on.
  model.judge = presentJudge(db, run, model.judge)
  const { judge } = model
  const judged = judge.of(image, measured.components, names)
  if (!isMeasured && judge.awaitsRegions(image, judged)) {
    line.unmeasured.set(image, model)
    return []
  }
  const values = { ...judged, reason: null, run: run.id, point: judge.point }
  return openPartsOf(db, watch.id, image).flatMap((part) => judgePart(db, part.id, values) ?? [])
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
    for (const [image, model] of waiting) await storeNext(line, () => judgeImage(line, image, model, true))
    showProgress(line)
  }
}
