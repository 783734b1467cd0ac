/** From what is known of a watched folder to the state that outputs tell machines, and to parts that are late. */
import { failureDocument } from '../../../shared/failure.ts'
import type { LivePart } from '../../../shared/live.ts'
import type { LineState } from '../../../shared/result.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { hasOpenParts, overdueParts } from '../../store/live.ts'
import { listOutputs } from '../../store/outputs.ts'
import { addLateResult, addViewedResult } from '../../store/results.ts'
import { settleDueParts, viewedPart, viewsOf } from '../../store/viewed-parts.ts'
import { showLineState } from '../delivery/deliver-results.ts'
import { outputRulesOf } from '../delivery/open-output.ts'
import { type WatchNotes, watchNotesOf } from './watch-notes.ts'
import type { WatchedLine } from './watched-line.ts'

/** What is worst comes first: a machine is never told that all is well because something else is. */
export function lineStateFrom(
  { storage, problem, grabber, unlike }: Pick<WatchNotes, 'storage' | 'problem' | 'grabber' | 'unlike'>,
  isReady: boolean,
  hasWaiting: () => boolean,
): LineState {
  if (storage !== null) return 'storage-full'
  if (problem !== null || (grabber !== null && grabber.failure !== null)) return 'camera-away'
  if (!isReady) return 'engine-away'
  if (unlike !== null) return 'light-changed'
  return hasWaiting() ? 'judging' : 'ready'
}

export function tellLineState(line: WatchedLine): void {
  const { session, watch, isReady } = line
  const hasWaiting = (): boolean => hasOpenParts(session.workspace.db, watch.id)
  try {
    showLineState(
      session,
      watch.point,
      lineStateFrom(watchNotesOf(session, watch.point), isReady, hasWaiting),
    )
  } catch (error) {
    session.log.warn('The state of the line could not be read.', failureDocument(error))
    showLineState(session, watch.point, 'storage-full')
  }
}

/** Of several views, what waits is their part. */
function tellLate(db: Database, part: LivePart): boolean {
  const viewed = part.viewed === null ? undefined : viewedPart(db, part.viewed)
  if (viewed === undefined) return addLateResult(db, part)
  return addViewedResult(db, { ...viewed, cause: 'late', at: db.now(), views: viewsOf(db, viewed.id) })
}

/** Gives parts their verdict that lack a view, and whose time is over. */
export function settleViews({ session, watch }: Pick<WatchedLine, 'session' | 'watch'>): void {
  const { db } = session.workspace
  try {
    const settled = db.transaction(() => {
      const parts = settleDueParts(db, watch.id)
      const incomplete = parts.filter(({ verdict }) => verdict === 'incomplete')
      if (incomplete.length > 0) {
        const detail = { watch: watch.id, parts: incomplete.map(({ number }) => number) }
        recordAudit(db, { action: 'live.incomplete', detail })
      }
      return parts
    })
    if (settled.length === 0) return
    session.events.emit('output.changed', {})
    session.events.emit('inspection.changed', {})
  } catch (error) {
    session.log.error('Parts with several views could not get their verdict yet.', failureDocument(error))
  }
}

/** Tells machines of parts that have waited too long: they are rejects, whatever the verdict will be. */
export function tellLateParts({ session, watch }: Pick<WatchedLine, 'session' | 'watch'>): void {
  const { db } = session.workspace
  try {
    const { verdictWithin } = outputRulesOf(db)
    const isHeard = listOutputs(db).some(({ enabled, point }) => enabled && point === watch.point)
    if (verdictWithin === null || !isHeard) return
    const overdue = overdueParts(db, watch.id, db.now() - verdictWithin * 1000)
    if (overdue.length === 0) return
    db.transaction(() => {
      const late = overdue.filter((part) => tellLate(db, part))
      recordAudit(db, {
        action: 'live.late',
        detail: { watch: watch.id, parts: late.map(({ id }) => id), seconds: verdictWithin },
      })
    })
    session.log.error(
      `${overdue.length} parts had no verdict within ${verdictWithin} seconds: told as rejects.`,
    )
    session.events.emit('output.changed', {})
  } catch (error) {
    session.log.error('Late parts could not be told as rejects yet.', failureDocument(error))
  }
}
