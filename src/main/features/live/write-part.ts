/** Announces the verdict of a part, and has its result written for the line. */
import { failureDocument } from '../../../shared/failure.ts'
import type { LivePart } from '../../../shared/live.ts'
import { partsPerRow } from '../../store/live-audit.ts'
import { tellAudit, type WatchedLine } from './watched-line.ts'

/** The verdict is stored already, so nothing here may throw. */
export function writePart(line: WatchedLine, part: LivePart): void {
  const { session, context } = line
  line.results.add(part)
  line.untold += 1
  if (line.untold >= partsPerRow && !context.signal.aborted) tellAudit(line)
  try {
    session.events.emit('live.judged', part)
  } catch (error) {
    session.log.error(`A listener failed when it was told of ${part.file}.`, failureDocument(error))
  }
}
