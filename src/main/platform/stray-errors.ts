/**
 * Errors that nobody waited for: a promise that was rejected unseen, an exception in a timer or a listener. They are
 * defects, but one of them must not end the program, with it a line that is watched and a training of many hours.
 */
type StrayEvent = 'unhandledRejection' | 'uncaughtException'

interface StrayProcess {
  on(event: StrayEvent, listener: (error: unknown) => void): unknown
  off(event: StrayEvent, listener: (error: unknown) => void): unknown
}

const strayEvents: readonly StrayEvent[] = ['unhandledRejection', 'uncaughtException']

/**
 * @param handle is given each such error in the asynchronous context that it comes from; what it throws is dropped
 * @returns what ends it
 */
export function surviveStrayErrors(host: StrayProcess, handle: (error: unknown) => void): () => void {
  const listener = (error: unknown): void => {
    try {
      handle(error)
    } catch {
      // An exception here would come back to this listener without end.
    }
  }
  for (const event of strayEvents) host.on(event, listener)
  return () => {
    for (const event of strayEvents) host.off(event, listener)
  }
}
