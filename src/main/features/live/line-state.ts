/** From what is known of a watched folder to the state that outputs tell machines, and to parts that are late. */
import { failureDocument } from '../../../shared/failure.ts'
import type { LineState } from '../../../shared/result.ts'
import { recordAudit } from '../../store/audit.ts'
import { hasOpenParts, overdueParts } from '../../store/live.ts'
import { listOutputs } from '../../store/outputs.ts'
import { addLateResult } from '../../store/results.ts'
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
      const late = overdue.filter((part) => addLateResult(db, part))
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
