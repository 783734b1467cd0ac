/** Work that stores something is tried again for as long as the disk is full, or the database is held by others. */
import { setTimeout as pause } from 'node:timers/promises'
import { type FailureData, failureData } from '../../shared/failure.ts'
import { isStorageFailure, storageFailure } from './storage-errors.ts'

/** Milliseconds before the second try, and the most between two. */
export interface RetryTimes {
  first: number
  most: number
}
const standardTimes: RetryTimes = { first: 250, most: 5_000 }

export interface RetryOptions {
  /** Ends the tries. Where it is aborted already, there is one try. */
  signal: AbortSignal
  /** Told of each try that failed, and with null of the one that passed after others had failed. */
  onTrouble?: (failure: FailureData | null) => void
  times?: RetryTimes
}

export type Storing<T> = { isStored: true; value: T } | { isStored: false; failure: FailureData }

/**
 * Runs `work` until it passes. Gives up when `signal` is aborted.
 * @throws what `work` throws where neither the disk nor the database is the cause
 */
export async function untilStored<T>(work: () => T | Promise<T>, options: RetryOptions): Promise<Storing<T>> {
  const { signal, onTrouble, times = standardTimes } = options
  let hasFailed = false
  for (let rest = times.first; ; rest = Math.min(2 * rest, times.most)) {
    let failure: FailureData
    try {
      const value = await work()
      if (hasFailed) onTrouble?.(null)
      return { isStored: true, value }
    } catch (error) {
      if (!isStorageFailure(error)) throw error
      failure = failureData(storageFailure(error))
    }
    hasFailed = true
    onTrouble?.(failure)
    // Aborted already, this rejects at once.
    await pause(rest, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return { isStored: false, failure }
  }
}
