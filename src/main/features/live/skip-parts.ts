/** Keeps what waits at an inspection point within its bound where parts come faster than they are judged. */
import { failureDocument } from '../../../shared/failure.ts'
import { message } from '../../../shared/messages/message.ts'
import { findPoint } from '../../store/inspection-points.ts'
import { countOpen, lateOpenParts, openPartsOf } from '../../store/live.ts'
import { refusePart } from './judge-parts.ts'
import { storeNext } from './keep-storing.ts'
import { showSkipped } from './watch-notes.ts'
import type { WatchedLine } from './watched-line.ts'

/** Parts in one go; the rest is for the next look. */
const atOnce = 200

/**
 * Refuses the oldest of too many parts without judging them: machines were told already that they are rejects, so that
 * a later verdict would help nobody, and would make others late. What the engine has is judged.
 */
export function skipTooMany(line: WatchedLine): void {
  const { session, watch } = line
  const { db } = session.workspace
  try {
    const { mostWaiting } = findPoint(db, watch.point)
    if (mostWaiting === null || line.isSkipping || countOpen(db, watch.id) <= mostWaiting) return
    line.isSkipping = true
    void storeNext(line, () => {
      const excess = Math.min(atOnce, countOpen(db, watch.id) - mostWaiting)
      if (excess <= 0) return
      const waiting = new Set(line.queue)
      const parts = lateOpenParts(db, watch.id, excess + line.fed.size)
        .filter(({ image }) => image !== null && waiting.has(image))
        .slice(0, excess)
      const reason = message('overloaded', { most: mostWaiting })
      for (const { id } of parts) refusePart(line, id, reason)
      const images = new Set(parts.flatMap(({ image }) => image ?? []))
      line.queue = line.queue.filter(
        (image) => !images.has(image) || openPartsOf(db, watch.id, image).length > 0,
      )
      if (parts.length > 0) showSkipped(line, parts.length)
    }).finally(() => {
      line.isSkipping = false
    })
  } catch (error) {
    session.log.warn('Whether too many parts wait could not be read.', failureDocument(error))
  }
}
