/** Announces the verdict of a part and writes its result for the line, one part after another. */
import { failureDocument } from '../../../shared/failure.ts'
import type { LivePart } from '../../../shared/live.ts'
import { partsARow } from '../../store/live-audit.ts'
import { findRun } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import { writeResult } from '../outputs/outputs.ts'
import { mapScaleOf } from '../runs/score-settings.ts'
import { tellAudit, type WatchedLine } from './watched-line.ts'

/** @param isListed its line is in the file, which was just made anew */
export function writePart(line: WatchedLine, part: LivePart, isListed = false): void {
  const { session, watch, context } = line
  const { workspace, events, log } = session
  const { db } = workspace
  if (!isListed) {
    events.emit('live.judged', part)
    line.untold += 1
    if (line.untold >= partsARow && !context.signal.aborted) tellAudit(line)
  }
  const run = part.run === null ? line.model.run : findRun(db, part.run)
  line.writing = line.writing
    .then(async () => {
      const score = part.image === null ? undefined : scoreOf(db, run.id, part.image)
      const map =
        score?.mapFile != null && score.mapScale !== null
          ? { file: score.mapFile, scale: score.mapScale }
          : null
      await writeResult(workspace, watch, { part, map, mapScale: mapScaleOf(run), isListed })
    })
    .catch((error: unknown) => {
      // It stays unwritten in the database, and is written at the next start.
      log.error(`The result of ${part.file} could not be written.`, failureDocument(error))
    })
}
