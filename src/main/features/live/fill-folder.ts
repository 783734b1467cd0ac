/** Runs the program that the administrator named for the watched folder, for as long as it is watched. */
import { failureDocument } from '../../../shared/failure.ts'
import { grabberOf } from '../grabbers/grabber-list.ts'
import { runGrabber } from '../grabbers/run-grabber.ts'
import { showGrabber } from './watch-notes.ts'
import type { WatchedLine } from './watched-line.ts'

export async function fillFolder(line: WatchedLine): Promise<void> {
  const { session, watch, context } = line
  const { log } = session
  try {
    const grabber = grabberOf(watch.folder)
    if (grabber === null) return
    const { program } = grabber
    await runGrabber({
      grabber,
      signal: context.signal,
      log,
      onState: (failure) => showGrabber(line, { program, failure }),
    })
  } catch (error) {
    // Photographs that come in another way are judged all the same.
    log.error('The program that fills the watched folder could not be found out.', failureDocument(error))
    showGrabber(line, { program: watch.folder, failure: failureDocument(error) })
  }
}
