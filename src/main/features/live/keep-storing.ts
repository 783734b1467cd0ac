/**
 * What a line stores is tried again until the disk has room and the database is free, and the trouble is shown
 * meanwhile. Only the end of the line ends the tries: what is not stored by then is what the next start finds open.
 */
import { type FailureData, failureDocument, failureOf } from '../../../shared/failure.ts'
import { type Storing, untilStored } from '../../platform/storage-retry.ts'
import { showStorage } from './watch-notes.ts'
import type { WatchedLine } from './watched-line.ts'

/** Shows a trouble of a piece of work; null when it is over. Of several the first is shown. */
export function tellTrouble(line: WatchedLine, work: object, failure: FailureData | null): void {
  if (failure === null) line.troubles.delete(work)
  else line.troubles.set(work, failure)
  const [first = null] = line.troubles.values()
  showStorage(line, first)
}

/** @throws what `work` throws and storage is not the cause of */
export async function keepStoring<T>(line: WatchedLine, work: () => T | Promise<T>): Promise<Storing<T>> {
  const onTrouble = (failure: FailureData | null): void => tellTrouble(line, work, failure)
  try {
    return await untilStored(work, { signal: line.context.signal, onTrouble })
  } finally {
    if (line.troubles.has(work)) onTrouble(null)
  }
}

/** Stores after everything that was to be stored before. Of a defect one part suffers, not the line. */
export function storeNext(line: WatchedLine, work: () => void): Promise<void> {
  line.storing = line.storing.then(async () => {
    try {
      const { log } = line.session
      const storing = await keepStoring(line, work)
      if (!storing.isStored) log.warn(`Not stored at the end: ${failureOf(storing.failure).message}`)
    } catch (error) {
      line.session.log.error('Something of the watched folder failed.', failureDocument(error))
    }
  })
  return line.storing
}
