/**
 * A watched folder as a job that lasts until it is stopped. Each file that is whole gets a row, is taken into a
 * dataset of its own, scored by an engine that stays loaded, and judged; its verdict is stored in one transaction
 * with its score. Whatever a process that died had not stored is what the next one finds open, so that no part is
 * scored twice and none is left out.
 */

import type { LiveWatch } from '../../../shared/live.ts'
import { message } from '../../../shared/messages/message.ts'
import type { JobContext, JobEnd, JobPlan } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { beginImport, stopImport } from '../../store/imports.ts'
import {
  addOrRenewPart,
  endWatch,
  isWatchActive,
  openParts,
  takenPart,
  unreadPart,
} from '../../store/live.ts'
import { recordJudgedParts } from '../../store/live-audit.ts'
import { beginOutputs, unwritten } from '../outputs/outputs.ts'
import { followModelInUse } from './exchange-model.ts'
import { feedEngine, keepEngine } from './feed-engine.ts'
import { refusePart } from './judge-parts.ts'
import { queueImage, takeIn } from './take-in.ts'
import { watchFolder } from './watch-folder.ts'
import { forgetWatchNotes, showProblem, showUnfinished } from './watch-notes.ts'
import { judgingModelOf, showProgress, tellAudit, type WatchedLine } from './watched-line.ts'
import { writePart } from './write-part.ts'

/** The audit tells of verdicts at the latest after so long, in milliseconds. */
const toldWithin = 60_000
/** Milliseconds between two looks whether the watch is to go on. */
const heededWithin = 1000

const gone = message('unreadable', { case: 'gone' })

export function livePlan(session: Session, watch: LiveWatch): JobPlan {
  return {
    kind: 'live',
    payload: { watch: watch.id, folder: watch.folder },
    runId: watch.runId,
    datasetId: watch.datasetId,
    lane: 'engine',
    work: (context) => watchLine(session, watch, context),
    dropped: (reason) => {
      if (reason !== 'close') endWatch(session.workspace.db, watch.id)
    },
  }
}

async function watchLine(session: Session, watch: LiveWatch, context: JobContext): Promise<JobEnd> {
  const { workspace } = session
  const { db } = workspace
  const model = await judgingModelOf(session, watch.runId)
  recordJudgedParts(db, watch)
  await beginOutputs(workspace, watch)
  const line: WatchedLine = {
    session,
    watch,
    model,
    exchange: null,
    refusedUse: null,
    importId: beginImport(db, { datasetId: watch.datasetId, source: watch.folder, layout: 'flat' }),
    context,
    untold: 0,
    queue: [],
    fed: new Set(),
    isReady: false,
    unmeasured: new Map(),
    isMeasuring: false,
    measuring: Promise.resolve(),
    writing: Promise.resolve(),
    feed: () => feedEngine(line),
  }
  const stopFollowing = session.events.on('model.changed', () => followModelInUse(line))
  const telling = setInterval(() => tellAudit(line), toldWithin)
  // A command on this machine may end the watch by its row.
  const heeding = setInterval(() => {
    if (!isWatchActive(db, watch.id) && !context.signal.aborted) session.jobs.stop(context.id, 'cancel')
  }, heededWithin)
  try {
    for (const part of unwritten(workspace, watch)) writePart(line, part, true)
    for (const part of openParts(db, watch.id)) {
      if (part.image !== null) queueImage(line, part.image)
    }
    showProgress(line)
    const watching = watchFolder({
      folder: watch.folder,
      signal: context.signal,
      knownAs: (file) => takenPart(db, watch.id, file),
      onProblem: (message) => showProblem(line, message),
      onUnfinished: (files) => showUnfinished(line, files),
      onFirstList: (names) => {
        // Taken away before its picture was read; every other file is found again.
        for (const { id, image, file } of openParts(db, watch.id)) {
          if (image === null && !names.has(file)) refusePart(line, id, gone)
        }
      },
      onGone: (file) => {
        const part = unreadPart(db, watch.id, file)
        if (part !== undefined) refusePart(line, part.id, gone)
      },
      onFound: (files) => {
        db.transaction(() => {
          for (const file of files) addOrRenewPart(db, watch.id, file)
        })
        showProgress(line)
      },
      onWhole: async (file) => {
        const part = unreadPart(db, watch.id, file.file)
        if (part === undefined) throw new RangeError(`no part waits for ${file.file}`)
        const taking = await takeIn(line, part, file)
        showProgress(line)
        return taking
      },
    })
    await Promise.all([watching, keepEngine(line)])
    await line.measuring
    await line.writing
  } finally {
    stopFollowing()
    forgetWatchNotes(session)
    clearInterval(telling)
    clearInterval(heeding)
    tellAudit(line)
    stopImport(db, line.importId, 'cancelled')
  }
  if (context.signal.reason === 'close') {
    const failure = message('interrupted', { case: 'watching' })
    return { state: 'interrupted', failure }
  }
  endWatch(db, watch.id)
  return { state: 'cancelled' }
}
