/** Runs a grabber for a while, to see whether photographs come. */
import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { FailureData } from '../../../shared/failure.ts'
import type { Grabber } from './grabber-list.ts'
import { runGrabber } from './run-grabber.ts'

export interface Tried {
  /** Why it does not run; null where it ran until the end. */
  failure: FailureData | null
  /** Names of the files that came. */
  files: string[]
}

/** @param milliseconds how long; less where it cannot be started, or the signal says so */
export async function tryGrabber(
  grabber: Grabber,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Tried> {
  const before = new Set(readdirSync(grabber.folder))
  const end = new AbortController()
  let failure: FailureData | null = null
  const running = runGrabber({
    grabber,
    signal: AbortSignal.any([signal, end.signal]),
    log: { info: () => undefined, warn: () => undefined },
    onState(why) {
      failure = why
      // It is not started again: whoever tries it reads why first.
      if (why !== null) end.abort()
    },
  })
  await Promise.race([running, wait(milliseconds, undefined, { signal: end.signal }).catch(() => undefined)])
  end.abort()
  await running
  const files = readdirSync(grabber.folder).filter((file) => !before.has(file))
  return { failure, files: files.sort() }
}
