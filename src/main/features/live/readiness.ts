/**
 * From what is known of a file in the watched folder to what is done with it: take it, wait for the rest of it, or
 * give it up. Time is measured by a clock that nobody can set.
 */
import type { FileEnd } from '../../images/file-end.ts'
import type { Writing } from './file-writers.ts'

/** All in milliseconds. */
export interface WatchTimes {
  /** Between two looks at a file that is being written. */
  settle: number
  /** Between two looks at the folder without a notice of the system. */
  every: number
  /** How long a file that may lack its end must stay as it is: where it is closed, where nobody knows, and while it is open. */
  doubt: Readonly<Record<Writing, number>>
  /** After so long without a change, a file that lacks its end is given up; while a process writes to it, never. */
  cut: Readonly<Record<Writing, number>>
  /** After so long without a change, an unfinished file is named to the operator. */
  named: number
}

/**
 * Cameras and network drives pause for seconds in the middle of a picture. So what is certainly cut off is waited for
 * longest, and what may be black instead of missing only as long as no such pause should last.
 */
export const standardTimes: WatchTimes = {
  settle: 250,
  every: 1000,
  doubt: { closed: 5000, unknown: 20_000, open: 60_000 },
  cut: { closed: 15_000, unknown: 60_000, open: Number.POSITIVE_INFINITY },
  named: 12_000,
}

export interface Examined extends FileEnd {
  writing: Writing
  /** The shortest zero tail of whole files of this size before; null where too few came. */
  usualTail: number | null
  /** The decoder could not read it as it is. */
  isRefused: boolean
}

/** `whole`: take it. `cut`: its end will not come. `wait`: look again. */
export type Readiness = 'whole' | 'cut' | 'wait'

/** Whether its zeros at the end may be black or missing. Pictures of this line may end in as much black. */
export const isDoubtful = ({ end, zeroTail, usualTail }: Omit<Examined, 'writing'>): boolean =>
  end === 'untold' && !(usualTail !== null && zeroTail <= usualTail)

/** Whether who writes to the file decides about it: asking costs time. */
export const dependsOnWriters = (file: Omit<Examined, 'writing'>): boolean =>
  file.isRefused || file.end === 'missing' || isDoubtful(file)

/** @param quiet milliseconds since the file last changed */
export function readinessOf(file: Examined, quiet: number, times: WatchTimes): Readiness {
  if (file.end === 'missing') return quiet >= times.cut[file.writing] ? 'cut' : 'wait'
  const least = file.isRefused || isDoubtful(file) ? times.doubt[file.writing] : times.settle
  return quiet >= least ? 'whole' : 'wait'
}
