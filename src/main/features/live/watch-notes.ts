/** What an operator must know of a watched folder and no part tells. It is true only while the folder is watched. */
import { type FailureData, failureOf } from '../../../shared/failure.ts'
import type { LiveState } from '../../../shared/live.ts'
import type { Session } from '../../session/session.ts'
import { showProgress, type WatchedLine } from './watched-line.ts'

export type WatchNotes = Pick<
  LiveState,
  'unfinished' | 'problem' | 'storage' | 'results' | 'grabber' | 'skipped' | 'unlike'
>

export const nothingToNote: WatchNotes = {
  unfinished: [],
  problem: null,
  storage: null,
  results: null,
  grabber: null,
  skipped: 0,
  unlike: null,
}
/** By inspection point. */
const notes = new WeakMap<Session, Map<string, WatchNotes>>()

export const watchNotesOf = (session: Session, point: string): WatchNotes =>
  notes.get(session)?.get(point) ?? nothingToNote

export function forgetWatchNotes(session: Session, point: string): void {
  notes.get(session)?.delete(point)
}

function note(line: WatchedLine, change: Partial<WatchNotes>): void {
  const { session, watch } = line
  const ofSession = notes.get(session) ?? new Map<string, WatchNotes>()
  notes.set(session, ofSession.set(watch.point, { ...watchNotesOf(session, watch.point), ...change }))
  showProgress(line)
}

/** @param files the names of all files that wait for the rest of themselves */
export function showUnfinished(line: WatchedLine, files: readonly string[]): void {
  const { session, watch } = line
  const before = watchNotesOf(session, watch.point)
  for (const file of files) {
    if (before.unfinished.includes(file)) continue
    session.log.warn(
      `${file} is unfinished and nothing more comes of it; it is judged once it is whole, or refused if it stays.`,
      {
        file,
      },
    )
  }
  note(line, { unfinished: [...files] })
}

/** @param problem why the folder cannot be read; null when it can again */
export function showProblem(line: WatchedLine, problem: string | null): void {
  const { session } = line
  if (problem === null) session.log.info('The watched folder can be read again.')
  else session.log.warn(`The watched folder cannot be read: ${problem}`)
  note(line, { problem })
}

/** @param grabber the program that fills the folder, and why it does not run */
export function showGrabber(line: WatchedLine, grabber: WatchNotes['grabber']): void {
  note(line, { grabber })
}

/** Parts that are not judged any more, because too many wait. */
export function showSkipped(line: WatchedLine, more: number): void {
  const { session, watch } = line
  session.log.error(
    `${more} parts are not judged, because too many wait. Machines were told that they are rejects.`,
  )
  note(line, { skipped: watchNotesOf(session, watch.point).skipped + more })
}

/** @param failure why the newest photograph could not be judged, because it is unlike all others; null where it could */
export function showUnlike(line: WatchedLine, failure: FailureData | null): void {
  const { session, watch } = line
  if (watchNotesOf(session, watch.point).unlike?.params.case === failure?.params.case) return
  if (failure === null) session.log.info('Photographs are as usual again.')
  else session.log.error(failureOf(failure).message, failure)
  note(line, { unlike: failure })
}

/** @param failure why nothing can be stored in the workspace; null when it can again */
export function showStorage(line: WatchedLine, failure: FailureData | null): void {
  show(line, 'storage', failure, 'What is known of the watched folder')
}

/** @param failure why the results cannot be written; null when they can again */
export function showResults(line: WatchedLine, failure: FailureData | null): void {
  show(line, 'results', failure, 'The results of the watched folder')
}

function show(line: WatchedLine, of: 'storage' | 'results', failure: FailureData | null, what: string): void {
  const { session, watch } = line
  const before = watchNotesOf(session, watch.point)
  if (before[of]?.code === failure?.code) return
  if (failure === null) session.log.info(`${what} can be stored again.`)
  else session.log.error(`${what} cannot be stored now: ${failureOf(failure).message}`, failure)
  note(line, { [of]: failure })
}
