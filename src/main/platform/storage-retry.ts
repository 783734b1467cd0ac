/** Work that stores something is tried again for as long as the disk is full, or the database is held by others. */
import pRetry from 'p-retry'
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
  /** Whether to try again; without it, where the disk or the database is the cause. */
  shouldRetry?: (error: unknown) => boolean
  times?: RetryTimes
}

export type Storing<T> = { isStored: true; value: T } | { isStored: false; failure: FailureData }

/**
 * Runs `work` until it passes. Gives up when `signal` is aborted.
 * @throws what `work` throws where that is not to be tried again
 */
export async function untilStored<T>(work: () => T | Promise<T>, options: RetryOptions): Promise<Storing<T>> {
  const { signal, onTrouble, shouldRetry = isStorageFailure, times = standardTimes } = options
  let trouble: FailureData | null = null
  // What the newest try came to: an abort while it runs hides that.
  const newest: { outcome: { value: T } | { error: unknown } | null } = { outcome: null }
  const attempt = async (): Promise<T> => {
    newest.outcome = null
    try {
      const value = await work()
      newest.outcome = { value }
      return value
    } catch (error) {
      newest.outcome = { error }
      throw error
    }
  }
  // The retries end with a signal of their own, so that the first try is made in any case.
  const retries = new AbortController()
  const end = (): void => retries.abort()
  signal.addEventListener('abort', end, { once: true })
  try {
    const value = await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: times.first,
      maxTimeout: times.most,
      signal: retries.signal,
      onFailedAttempt({ error }) {
        if (!shouldRetry(error)) return
        trouble = failureData(storageFailure(error))
        onTrouble?.(trouble)
        if (signal.aborted) end()
      },
      shouldRetry: ({ error }) => shouldRetry(error),
    })
    if (trouble !== null) onTrouble?.(null)
    return { isStored: true, value }
  } catch (thrown) {
    const { outcome } = newest
    if (outcome !== null && 'value' in outcome) {
      if (trouble !== null) onTrouble?.(null)
      return { isStored: true, value: outcome.value }
    }
    const error = outcome === null ? thrown : outcome.error
    if (!retries.signal.aborted || !shouldRetry(error)) throw error
    return { isStored: false, failure: failureData(storageFailure(error)) }
  } finally {
    signal.removeEventListener('abort', end)
  }
}
