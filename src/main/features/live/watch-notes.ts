/** What an operator must know of the watched folder and no part tells. It is true only while the folder is watched. */
import { type FailureData, failureOf } from '../../../shared/failure.ts'
import type { LiveState } from '../../../shared/live.ts'
import type { Session } from '../../session/session.ts'
import { showProgress, type WatchedLine } from './watched-line.ts'

export type WatchNotes = Pick<LiveState, 'unfinished' | 'problem' | 'storage' | 'results' | 'grabber'>

export const nothingToNote: WatchNotes = {
  unfinished: [],
  problem: null,
  storage: null,
  results: null,
  grabber: null,
}
const notes = new WeakMap<Session, WatchNotes>()

export const watchNotesOf = (session: Session): WatchNotes => notes.get(session) ?? nothingToNote

export function forgetWatchNotes(session: Session): void {
  notes.delete(session)
}

/** @param files the names of all files that wait for the rest of themselves */
export function showUnfinished(line: WatchedLine, files: readonly string[]): void {
  const { session } = line
  const before = watchNotesOf(session)
  for (const file of files) {
    if (before.unfinished.includes(file)) continue
    session.log.warn(
      `${file} is unfinished and nothing more comes of it; it is judged once it is whole, or refused if it stays.`,
      {
        file,
      },
    )
  }
  notes.set(session, { ...before, unfinished: [...files] })
  showProgress(line)
}

/** @param problem why the folder cannot be read; null when it can again */
export function showProblem(line: WatchedLine, problem: string | null): void {
  const { session } = line
  if (problem === null) session.log.info('The watched folder can be read again.')
  else session.log.warn(`The watched folder cannot be read: ${problem}`)
  notes.set(session, { ...watchNotesOf(session), problem })
  showProgress(line)
}

/** @param grabber the program that fills the folder, and why it does not run */
export function showGrabber(line: WatchedLine, grabber: WatchNotes['grabber']): void {
  const { session } = line
  notes.set(session, { ...watchNotesOf(session), grabber })
  showProgress(line)
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
  const { session } = line
  const before = watchNotesOf(session)
  if (before[of]?.code === failure?.code) return
  if (failure === null) session.log.info(`${what} can be stored again.`)
  else session.log.error(`${what} cannot be stored now: ${failureOf(failure).message}`, failure)
  notes.set(session, { ...before, [of]: failure })
  showProgress(line)
}
