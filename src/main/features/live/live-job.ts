/**
 * A watched folder as a job that lasts until it is stopped. Each file that is whole gets a row, is taken into a
 * dataset of its own, scored by an engine that stays loaded, and judged; its verdict is stored in one transaction
 * with its score. Whatever a process that died had not stored is what the next one finds open, so that no part is
 * scored twice and none is left out.
 */

import { type FailureData, failureDocument } from '../../../shared/failure.ts'
import type { LiveWatch } from '../../../shared/live.ts'
import { message } from '../../../shared/messages/message.ts'
import { type JobContext, type JobEnd, type JobPlan, stoppedBy } from '../../jobs/jobs.ts'
import { untilStored } from '../../platform/storage-retry.ts'
import type { Session } from '../../session/session.ts'
import { depositOf } from '../../store/deposits.ts'
import { stopImport } from '../../store/imports.ts'
import { findPoint } from '../../store/inspection-points.ts'
import {
  addOrRenewPart,
  endWatch,
  isWatchActive,
  openParts,
  takenPart,
  unreadPart,
} from '../../store/live.ts'
import { recordJudgedParts } from '../../store/live-audit.ts'
import { judgingUse } from '../../store/recipes.ts'
import { showLineState } from '../delivery/deliver-results.ts'
import { unwritten } from '../outputs/outputs.ts'
import { feedEngine, keepEngine } from './feed-engine.ts'
import { fillFolder } from './fill-folder.ts'
import { refusePart } from './judge-parts.ts'
import { keepStoring, tellTrouble } from './keep-storing.ts'
import { settleViews, tellLateParts, tellLineState } from './line-state.ts'
import { beginImportInto } from './live-dataset.ts'
import { createResultWriter } from './result-writer.ts'
import { skipTooMany } from './skip-parts.ts'
import { queueImage, takeIn } from './take-in.ts'
import { watchFolder } from './watch-folder.ts'
import { forgetWatchNotes, showProblem, showResults, showUnfinished } from './watch-notes.ts'
import { judgingModelOf, showProgress, tellAudit, type WatchedLine } from './watched-line.ts'

/** The audit tells of verdicts at the latest after so long, in milliseconds. */
const toldWithin = 60_000
/** Milliseconds between two looks at the state of the line, and at parts that are late. */
const stateWithin = 200
/** Milliseconds between two looks whether the watch is to go on. */
const heededWithin = 1000

const watchingClosed = message('interrupted', { case: 'watching' })
const gone = message('unreadable', { case: 'gone' })

export function livePlan(session: Session, watch: LiveWatch): JobPlan {
  return {
    kind: 'live',
    inNobodysName: true,
    payload: { watch: watch.id, folder: watch.folder, point: watch.point },
    runId: watch.runId,
    datasetId: watch.datasetId,
    lane: 'engine',
    together: true,
    work: (context) => watchLine(session, watch, context),
    dropped: (reason) => {
      if (reason !== 'close') endWatch(session.workspace.db, watch.id)
    },
  }
}

async function watchLine(session: Session, watch: LiveWatch, context: JobContext): Promise<JobEnd> {
  const { workspace, log } = session
  const { db } = workspace
  const onTrouble = (failure: FailureData | null): void => {
    if (failure !== null) log.error('The watch cannot begin yet.', failure)
  }
  const model = await untilStored(() => judgingModelOf(session, watch.runId), {
    signal: context.signal,
    onTrouble,
  })
  if (!model.isStored) return stoppedBy(context.signal.reason, watchingClosed)
  // One part of the line that ends by a defect ends the others.
  const defect = new AbortController()
  const signal = AbortSignal.any([context.signal, defect.signal])
  const results = createResultWriter({
    workspace,
    watch,
    log,
    signal,
    presentRun: () => line.model.run.id,
    onTrouble: (failure) => showResults(line, failure),
  })
  const line: WatchedLine = {
    session,
    watch,
    model: model.value,
    exchange: null,
    refusedUse: null,
    recipe: judgingUse(db, watch.id),
    blocked: null,
    isGoingOver: false,
    held: [],
    imports: new Map(),
    context: { ...context, signal },
    untold: 0,
    queue: [],
    fed: new Set(),
    isReady: false,
    unmeasured: new Map(),
    isMeasuring: false,
    measuring: Promise.resolve(),
    results,
    storing: Promise.resolve(),
    troubles: new Map(),
    isFeedAsked: false,
    isSkipping: false,
    feed: () => feedEngine(line),
  }
  const stops = (['model.changed', 'inspection.changed'] as const).map((name) =>
    session.events.on(name, () => feedEngine(line)),
  )
  const telling = setInterval(() => tellAudit(line), toldWithin)
  const observing = setInterval(() => {
    tellLineState(line)
    settleViews(line)
    tellLateParts(line)
    skipTooMany(line)
  }, stateWithin)
  // A command on this machine may end the watch by its row.
  const heeding = setInterval(() => {
    try {
      if (!isWatchActive(db, watch.id) && !signal.aborted) session.jobs.stop(context.id, 'cancel')
    } catch (error) {
      log.warn('Whether the watch is to go on could not be read.', failureDocument(error))
    }
  }, heededWithin)
  try {
    await keepStoring(line, () => recordJudgedParts(db, watch))
    await keepStoring(line, () => beginImportInto(line, watch.datasetId))
    for (const part of unwritten(workspace, watch)) results.add(part)
    void results.settled()
    for (const part of openParts(db, watch.id)) {
      if (part.image !== null) queueImage(line, part.image)
    }
    showProgress(line)
    const watching = watchFolder({
      folder: watch.folder,
      signal,
      knownAs: (file) => takenPart(db, watch.id, file),
      isPutWhole: (file) => depositOf(db, file) !== undefined,
      onProblem: (message) => showProblem(line, message),
      onUnfinished: (files) => showUnfinished(line, files),
      onFirstList: async (names) => {
        await keepStoring(line, () => {
          // Taken away before its picture was read; every other file is found again.
          for (const { id, image, file } of openParts(db, watch.id)) {
            if (image === null && !names.has(file)) refusePart(line, id, gone)
          }
        })
      },
      onGone: async (file) => {
        await keepStoring(line, () => {
          const part = unreadPart(db, watch.id, file)
          if (part !== undefined) refusePart(line, part.id, gone)
        })
      },
      onFound: async (files) => {
        await keepStoring(line, () =>
          db.transaction(() => {
            const { views } = findPoint(db, watch.point)
            for (const file of files) addOrRenewPart(db, watch.id, file, views)
          }),
        )
        showProgress(line)
      },
      onWhole: async (file) => {
        const taking = await keepStoring(line, () => {
          const part = unreadPart(db, watch.id, file.file)
          // Found while nothing could be stored, and the line has ended since.
          if (part === undefined && signal.aborted) return 'changed'
          if (part === undefined) throw new RangeError(`no part waits for ${file.file}`)
          return takeIn(line, part, file)
        })
        showProgress(line)
        // What is not stored at the end of the line is found again by the next one.
        return taking.isStored ? taking.value : 'changed'
      },
    })
    const parts = [watching, keepEngine(line), fillFolder(line)]
    for (const part of parts) part.catch(() => defect.abort())
    await Promise.allSettled(parts)
    await line.storing
    await line.measuring
    await results.settled()
    await Promise.all(parts)
  } finally {
    for (const stop of stops) stop()
    clearInterval(telling)
    clearInterval(observing)
    showLineState(session, watch.point, 'stopped')
    clearInterval(heeding)
    tellAudit(line)
    endImport(line)
    if (context.signal.reason !== 'close' && context.signal.aborted) await noteEnd(line, context)
    forgetWatchNotes(session, watch.point)
  }
  return stoppedBy(context.signal.reason, watchingClosed)
}

/** Where this cannot be stored, the next start marks the import as interrupted. */
function endImport({ session, imports }: WatchedLine): void {
  try {
    for (const id of imports.values()) stopImport(session.workspace.db, id, 'cancelled')
  } catch (error) {
    session.log.warn('The end of the watch could not be noted with its photographs.', failureDocument(error))
  }
}

/** A person has ended the watch: it must not go on at the next start, so this is tried until Fanoscope closes. */
async function noteEnd(line: WatchedLine, { closing }: JobContext): Promise<void> {
  const { session, watch } = line
  const end = (): void => endWatch(session.workspace.db, watch.id)
  await untilStored(end, { signal: closing, onTrouble: (failure) => tellTrouble(line, end, failure) })
}
