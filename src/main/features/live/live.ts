/** Starts and ends the watch of a folder, and says how it goes. */
import { existsSync, opendirSync, statSync } from 'node:fs'
import { basename, join, resolve, sep } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { LiveState, LiveWatch } from '../../../shared/live.ts'
import { firstPoint } from '../../../shared/result.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import { everyPoint, findPoint, listPoints } from '../../store/inspection-points.ts'
import {
  beginWatch,
  countParts,
  newestArrivals,
  newestParts,
  newestWatch,
  viewedPartWhole,
} from '../../store/live.ts'
import { countUnseen, unseenParts } from '../../store/live-seen.ts'
import { modelInUse } from '../../store/model-uses.ts'
import { findRun } from '../../store/runs.ts'
import { countViewedParts } from '../../store/viewed-parts.ts'
import { requireOutside } from '../../store/workspace.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { mapScaleOf } from '../runs/score-settings.ts'
import { liveDatasetOf } from './live-dataset.ts'
import { livePlan } from './live-job.ts'
import { nothingToNote, type WatchNotes, watchNotesOf } from './watch-notes.ts'

const shownParts = 100

export const jobOf = ({ jobs }: Session, watch: LiveWatch): string | null =>
  jobs.list({ active: true }).find(({ kind, payload }) => kind === 'live' && payload.watch === watch.id)
    ?.id ?? null

/**
 * @throws Failure `inspection-unknown`, `run-unknown`, `not-trained`, `folder-unreadable`, `result-folder-inside`,
 *   `live-runs`, `folder-watched`, `result-folder-taken`
 */
export function startLive(
  session: Session,
  request: { folder: string; run: string; results: string | null; point?: string },
): LiveState {
  const { db } = session.workspace
  const { name: point } = findPoint(db, request.point ?? firstPoint)
  const run = findRun(db, request.run)
  requireTrained(run, 'score')
  const folder = resolve(request.folder)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Failure('folder-unreadable', { case: 'not-a-folder', folder })
  }
  try {
    opendirSync(folder).closeSync()
  } catch (cause) {
    throw new Failure('folder-unreadable', { folder, reason: reasonOf(cause) }, { cause })
  }
  const beside = `${basename(folder)} results${point === firstPoint ? '' : ` ${point}`}`
  const resultFolder = resolve(request.results ?? join(folder, '..', beside))
  if (resultFolder === folder || resultFolder.startsWith(folder + sep)) {
    throw new Failure('result-folder-inside', { folder })
  }
  requireOutside(session.workspace, resultFolder)
  for (const running of runningWatches(session)) {
    if (running.point === point) throw new Failure('live-runs', { folder: running.folder })
    if (running.folder === folder) throw new Failure('folder-watched', { folder, point: running.point })
    if (running.resultFolder === resultFolder)
      throw new Failure('result-folder-taken', { folder: resultFolder, point: running.point })
  }
  const dataset = liveDatasetOf(db, run, folder)
  const watch = beginWatch(
    db,
    { point, folder, resultFolder, runId: run.id, datasetId: dataset.id },
    modelInUse(db, run.datasetId)?.id ?? null,
  )
  session.jobs.start(livePlan(session, watch))
  session.events.emit('dataset.changed', { dataset: dataset.name })
  return liveState(session, point)
}

/** What is watched now, at all inspection points. */
const runningWatches = (session: Session): LiveWatch[] =>
  everyPoint(session.workspace.db).flatMap((name) => {
    const watch = newestWatch(session.workspace.db, name)
    return watch !== undefined && jobOf(session, watch) !== null ? [watch] : []
  })

/** @throws Failure `live-rests` */
export function stopLive(session: Session, point: string = firstPoint): void {
  const watch = newestWatch(session.workspace.db, point)
  const job = watch && jobOf(session, watch)
  if (!watch || !job) throw new Failure('live-rests')
  // The job notes the end of the watch itself, as soon as that can be stored.
  session.jobs.stop(job, 'cancel')
}

/** Folders that were watched when Fanoscope ended are watched again. */
export function resumeLive(session: Session): void {
  for (const { name } of listPoints(session.workspace.db)) {
    const watch = newestWatch(session.workspace.db, name)
    if (watch?.active && jobOf(session, watch) === null) session.jobs.start(livePlan(session, watch))
  }
}

export function liveState(session: Session, point: string = firstPoint): LiveState {
  const { db } = session.workspace
  const watch = newestWatch(db, point)
  const job = watch ? jobOf(session, watch) : null
  const state = storedLiveState(db, { point, job, notes: watchNotesOf(session, point) })
  // Whether it is watched is known here, whatever could be written of it.
  return { ...state, watch: state.watch && { ...state.watch, active: job !== null } }
}

/** What is stored of the newest watch at an inspection point, for a process that may not be the one that watches. */
export function storedLiveState(
  db: Database,
  {
    point = firstPoint,
    job = null,
    notes = nothingToNote,
  }: { point?: string; job?: string | null; notes?: WatchNotes } = {},
): LiveState {
  const watch = newestWatch(db, point) ?? null
  if (watch === null) {
    const none = { arrived: 0, good: 0, flagged: 0, refused: 0, waiting: 0 }
    const noPace = { perSecond: null, delay: null, behind: null }
    const unseen = { count: 0, parts: [] }
    return {
      point,
      watch,
      job: null,
      ...none,
      ...noPace,
      mapScales: {},
      ...notes,
      parts: [],
      viewed: [],
      viewedCounts: null,
      unseen,
    }
  }
  const parts = newestParts(db, watch.id, shownParts)
  const unseen = { count: countUnseen(db), parts: unseenParts(db, shownParts) }
  const counts = countParts(db, watch.id)
  const viewedCounts = countViewedParts(db, watch.id)
  const pace = paceOf(parts)
  const arrivals = newestArrivals(db, watch.id, shownParts)
  return {
    point,
    watch,
    job,
    ...counts,
    ...pace,
    behind: job === null ? null : behindBy(counts.waiting, pace.perSecond, arrivals),
    mapScales: Object.fromEntries(
      [...new Set([watch.runId, ...[...parts, ...unseen.parts].flatMap(({ run }) => run ?? [])])].map(
        (run) => [run, mapScaleOf(findRun(db, run))],
      ),
    ),
    ...notes,
    parts,
    viewed: [...new Set([...parts, ...unseen.parts].flatMap(({ viewed }) => viewed ?? []))].flatMap(
      (id) => viewedPartWhole(db, id) ?? [],
    ),
    viewedCounts: viewedCounts.arrived > 0 ? viewedCounts : null,
    unseen,
  }
}

/** So many parts wait where nothing is wrong: some are being read while the engine has others. */
const usual = 10

/** @param arrivals when the newest parts came, the newest first */
export function behindBy(
  waiting: number,
  perSecond: number | null,
  arrivals: readonly number[],
): LiveState['behind'] {
  if (waiting <= usual) return null
  const [newest = 0] = arrivals
  const recent = arrivals.filter((arrivedAt) => newest - arrivedAt <= 60_000)
  const oldest = recent.at(-1) ?? newest
  return {
    parts: waiting,
    seconds: perSecond === null ? null : waiting / perSecond,
    arriving: newest > oldest ? ((recent.length - 1) / (newest - oldest)) * 1000 : null,
  }
}

/** Of the parts that are shown: how many a second, and how long each took. */
export function paceOf(parts: LiveState['parts']): Pick<LiveState, 'perSecond' | 'delay'> {
  const judged = parts.flatMap(({ judgedAt, arrivedAt }) =>
    judgedAt === null ? [] : [{ judgedAt, arrivedAt }],
  )
  const newest = judged[0]?.judgedAt
  if (newest === undefined || judged.length < 2) return { perSecond: null, delay: null }
  const recent = judged.filter(({ judgedAt }) => newest - judgedAt <= 60_000)
  const oldest = recent.at(-1)?.judgedAt ?? newest
  // A clock that was set between arrival and verdict says nothing about the time that a part took.
  const delays = judged
    .map(({ judgedAt, arrivedAt }) => judgedAt - arrivedAt)
    .filter((delay) => delay >= 0)
    .sort((a, b) => a - b)
  return {
    perSecond: newest > oldest ? ((recent.length - 1) / (newest - oldest)) * 1000 : null,
    delay: delays[Math.floor(delays.length / 2)] ?? null,
  }
}
