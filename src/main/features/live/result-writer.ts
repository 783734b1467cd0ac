/**
 * Hands the verdicts of a watched folder to the outputs. What cannot be written now (a full disk, a folder on a drive
 * that is away, a table that is open in another program) is written as soon as it can be, and the trouble is shown
 * meanwhile. One part that fails does not keep others.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type FailureData, failureData, failureDocument, failureOf } from '../../../shared/failure.ts'
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import type { Log } from '../../platform/log.ts'
import { storageFailure } from '../../platform/storage-errors.ts'
import { findRun } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { beginOutputs, type HandedOut, writeResult } from '../outputs/outputs.ts'
import { mapScaleOf } from '../runs/score-settings.ts'

export interface ResultWriter {
  add(part: LivePart): void
  /** Waits until all is written, or, after the signal was aborted, until what can be written is. */
  settled(): Promise<void>
}

export interface ResultWriterOptions {
  workspace: Workspace
  watch: LiveWatch
  log: Log
  signal: AbortSignal
  /** The run of parts that were refused before a model had them. */
  presentRun(): string
  /** Why something cannot be written now; null when all is written. */
  onTrouble(failure: FailureData | null): void
  /** Milliseconds before the second try, and the most between two. */
  times?: { first: number; most: number }
}

interface Waiting {
  part: LivePart
  handedOut: HandedOut
}

/** After so many failures in a row, others would fail too. */
const mostFailures = 3

export function createResultWriter(options: ResultWriterOptions): ResultWriter {
  const {
    workspace,
    watch,
    log,
    signal,
    presentRun,
    onTrouble,
    times = { first: 500, most: 15_000 },
  } = options
  const { db } = workspace
  const waiting: Waiting[] = []
  const listed = new Set<number>()
  let hasBegun = false
  let said: string | null = null
  let working: Promise<void> | null = null

  function troubled(error: unknown, what: string): void {
    const failure = failureData(storageFailure(error))
    const { message } = failureOf(failure)
    if (message !== said)
      log.error(`${what} could not be written; it is tried again.`, failureDocument(error))
    said = message
    onTrouble(failure)
  }

  async function begin(): Promise<void> {
    if (hasBegun) return
    // The table that is made now has all parts that are judged by now.
    const now = waiting.filter(({ part }) => part.verdict !== null)
    await beginOutputs(workspace, watch)
    hasBegun = true
    for (const { part } of now) listed.add(part.id)
  }

  async function write({ part, handedOut }: Waiting): Promise<void> {
    const run = findRun(db, part.run ?? presentRun())
    const score = part.image === null ? undefined : scoreOf(db, run.id, part.image)
    const map =
      score?.mapFile != null && score.mapScale !== null
        ? { file: score.mapFile, scale: score.mapScale }
        : null
    await writeResult(workspace, watch, { part, map, mapScale: mapScaleOf(run), listed }, handedOut)
  }

  /** @returns whether all of them were written */
  async function turn(): Promise<boolean> {
    try {
      await begin()
    } catch (error) {
      troubled(error, 'The table of results')
      return false
    }
    const failed: Waiting[] = []
    for (let inRow = 0; inRow < mostFailures; ) {
      const next = waiting.shift()
      if (next === undefined) break
      try {
        await write(next)
        inRow = 0
      } catch (error) {
        inRow += 1
        failed.push(next)
        troubled(error, `The result of ${next.part.file}`)
      }
    }
    waiting.push(...failed)
    return failed.length === 0
  }

  async function work(): Promise<void> {
    try {
      let rest = times.first
      // Whoever adds parts adds all that were judged together first: the table that is begun with has them all.
      await Promise.resolve()
      while (waiting.length > 0 || !hasBegun) {
        if (await turn()) {
          rest = times.first
          if (said !== null) log.info('The results can be written again.')
          said = null
          onTrouble(null)
          continue
        }
        // The rest is written at the next start.
        if (signal.aborted) return
        await pause(rest, undefined, { signal }).catch(() => undefined)
        rest = Math.min(2 * rest, times.most)
      }
    } finally {
      // Together with the last look: a part that is added from here on begins anew.
      working = null
    }
  }

  function wake(): Promise<void> {
    working ??= work().catch((error: unknown) =>
      log.error('The results cannot be written.', failureDocument(error)),
    )
    return working
  }

  return {
    add(part) {
      waiting.push({ part, handedOut: new Set() })
      void wake()
    },
    settled: wake,
  }
}
