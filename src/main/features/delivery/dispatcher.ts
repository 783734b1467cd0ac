/**
 * Delivers the results of the line on one output: in order, at least once, one after the other. What is not confirmed is
 * tried again, with longer and longer pauses. Tells the state of the line beside it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type FailureData, failureData, failureOf } from '../../../shared/failure.ts'
import type { ResultDocument, StateDocument } from '../../../shared/result.ts'
import type { Log } from '../../platform/log.ts'
import { untilStored } from '../../platform/storage-retry.ts'
import { type NewAuditEntry, recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { noteAttempt, noteDelivered, throughOf } from '../../store/deliveries.ts'
import type { StoredOutput } from '../../store/outputs.ts'
import { countAfter, resultsAfter } from '../../store/results.ts'
import type { Connection } from './output-kind.ts'

/** All in milliseconds. */
export interface DispatchTimes {
  /** Before the second attempt, and the most between two. */
  first: number
  most: number
  /** Somebody has to look at an output that has been away for so long. */
  person: number
  /** How long the last state may take when the station ends. */
  close: number
}
export const standardDispatchTimes: DispatchTimes = { first: 250, most: 15_000, person: 60_000, close: 2000 }

/** Results that are in memory at a time. */
const batch = 20
/** What was delivered is stored at the latest after so many milliseconds, so that little is delivered twice. */
const storedWithin = 200
/** Milliseconds between two looks whether all is delivered, when the station ends. */
const drainEvery = 10
const shownErrors = 5

export interface DispatcherOptions {
  db: Database
  log: Log
  output: StoredOutput
  connection: Connection
  heartbeat: number | null
  state(): StateDocument
  onChange(): void
  times?: DispatchTimes
}

export interface DispatcherState {
  condition: 'waiting' | 'connected' | 'away'
  awaySince: number | null
  needsPerson: boolean
  errors: readonly { at: number; failure: FailureData }[]
}

export interface Dispatcher {
  readonly output: StoredOutput
  readonly connection: Connection
  /** There may be a result to deliver. */
  wake(): void
  /** The state of the line has changed. */
  tell(): void
  state(): DispatcherState
  close(): Promise<void>
}

type Work = 'results' | 'state'

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, log, output, connection, heartbeat, onChange, times = standardDispatchTimes } = options
  const ending = new AbortController()
  const { signal } = ending
  const errors: { at: number; failure: FailureData }[] = []
  const troubled = new Set<Work>()
  let isReached = false
  let awaySince: number | null = null
  let isTold = false

  function succeeded(work: Work): void {
    troubled.delete(work)
    const before = isReached
    isReached = true
    if (troubled.size > 0) return
    if (awaySince !== null) {
      log.info(`The output ${output.name} can be reached again.`, { output: output.id })
      if (isTold) {
        const seconds = Math.round((db.now() - awaySince) / 1000)
        tellAudit((common) => ({ action: 'output.back', detail: { ...common, seconds } }))
      }
      awaySince = null
      isTold = false
      onChange()
    } else if (!before) onChange()
  }

  function failed(work: Work, error: unknown): void {
    if (signal.aborted) return
    const failure = failureData(error)
    const isNew = errors[0]?.failure.code !== failure.code || !troubled.has(work)
    troubled.add(work)
    errors.unshift({ at: db.now(), failure })
    errors.length = Math.min(errors.length, shownErrors)
    if (isNew)
      log.warn(`The output ${output.name}: ${failureOf(failure).message}`, { output: output.id, ...failure })
    awaySince ??= db.now()
    if (!isTold && db.now() - awaySince >= times.person) {
      isTold = true
      const { message } = failureOf(failure)
      tellAudit((common) => ({
        action: 'output.away',
        detail: { ...common, code: failure.code, message },
      }))
    }
    onChange()
  }

  function tellAudit(
    row: (common: { output: number; name: string; waiting: number }) => NewAuditEntry,
  ): void {
    try {
      const waiting = countAfter(db, output.point, throughOf(db, output), output.id)
      recordAudit(db, row({ output: output.id, name: output.name, waiting }))
    } catch (error) {
      log.warn('The audit could not be told of an output.', failureData(error))
    }
  }

  const hasResults = (): boolean =>
    resultsAfter(db, output.point, throughOf(db, output), 1, output.id).length > 0

  /** @returns whether all of them were delivered */
  async function deliver(results: readonly ResultDocument[]): Promise<boolean> {
    const began = performance.now()
    const delivered: { number: number; at: number }[] = []
    let broken: { number: number; error: unknown } | null = null
    for (const document of results) {
      try {
        await connection.deliver(document, signal)
      } catch (error) {
        broken = { number: document.number, error }
        break
      }
      delivered.push({ number: document.number, at: db.now() })
      succeeded('results')
      if (performance.now() - began > storedWithin) break
    }
    // What is not stored is delivered again, so it is stored before anything else is sent.
    await untilStored(
      () =>
        db.transaction(() => {
          noteDelivered(db, output, delivered)
          if (broken !== null && !signal.aborted) noteAttempt(db, output, broken.number)
        }),
      { signal },
    )
    if (delivered.length > 0) onChange()
    if (broken !== null) failed('results', broken.error)
    return broken === null
  }

  const results = repeated(signal, times, async () => {
    const due = resultsAfter(db, output.point, throughOf(db, output), batch, output.id)
    if (due.length === 0) return 'rest'
    return (await deliver(due.map(({ document }) => document))) ? 'more' : 'failed'
  })

  const states = repeated(signal, times, async () => {
    try {
      await connection.tell(options.state(), signal)
    } catch (error) {
      failed('state', error)
      return 'failed'
    }
    succeeded('state')
    return 'rest'
  })

  const beat = heartbeat === null ? undefined : setInterval(() => states.wake(), heartbeat)
  const onDefect = (error: unknown): void => failed('results', error)
  const parts = [results.run(onDefect), ...(heartbeat === null ? [] : [states.run(onDefect)])]

  return {
    output,
    connection,
    wake: results.wake,
    tell: states.wake,
    state: () => ({
      condition: awaySince !== null ? 'away' : isReached ? 'connected' : 'waiting',
      awaySince,
      needsPerson: awaySince !== null && db.now() - awaySince >= times.person,
      errors: [...errors],
    }),
    async close() {
      clearInterval(beat)
      // What can be delivered in a moment need not wait for the next start.
      const until = performance.now() + times.close
      while (troubled.size === 0 && hasResults() && performance.now() < until) await pause(drainEvery)
      ending.abort()
      await Promise.all(parts)
      if (heartbeat !== null && troubled.size === 0) {
        const last = AbortSignal.timeout(times.close)
        await connection
          .tell({ ...options.state(), state: 'stopped' }, last)
          .catch((error: unknown) =>
            log.warn(`The output ${output.name} was not told of the end.`, failureData(error)),
          )
      }
      await connection.close()
    },
  }
}

/** What a turn of work came to: there is more, there is nothing to do before the next wake, or it has to be repeated. */
type Turn = 'more' | 'rest' | 'failed'

/** Repeats work for as long as there is some, waits to be woken, and pauses longer after each failure. */
function repeated(signal: AbortSignal, times: DispatchTimes, turn: () => Promise<Turn>) {
  let isDue = true
  let alarm: (() => void) | null = null
  const wake = (): void => {
    isDue = true
    alarm?.()
  }
  signal.addEventListener('abort', wake)
  const woken = async (): Promise<void> => {
    if (isDue) return
    await new Promise<void>((resolve) => {
      alarm = resolve
    })
    alarm = null
  }
  async function run(onDefect: (error: unknown) => void): Promise<void> {
    let rest = times.first
    while (!signal.aborted) {
      await woken()
      isDue = false
      if (signal.aborted) return
      const outcome = await turn().catch((error: unknown): Turn => {
        onDefect(error)
        return 'failed'
      })
      if (outcome !== 'failed') rest = times.first
      if (outcome !== 'rest') isDue = true
      if (outcome === 'failed') {
        await pause(rest, undefined, { signal }).catch(() => undefined)
        rest = Math.min(2 * rest, times.most)
      }
    }
  }
  return { wake, run }
}
