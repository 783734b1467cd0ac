/**
 * The queue of jobs: work that takes long. Every job is a row in SQLite from the moment it is requested, so that a
 * job whose process died is found again and marked as interrupted. Trainings and scorings take turns at the single
 * engine, and all inspection points share one turn; jobs that read and write files run in threads meanwhile, one at a time.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import PQueue from 'p-queue'
import { Failure, failureData, failureDocument, failureOf } from '../../shared/failure.ts'
import type { FailureInfo } from '../../shared/failure-schema.ts'
import type { Job, JobKind, JobProgress } from '../../shared/job.ts'
import { message } from '../../shared/messages/message.ts'
import type { Id, JsonObject } from '../../shared/values.ts'
import type { UnfinishedTask } from '../engine-host/supervisor.ts'
import { actionableError } from '../platform/actionable-error.ts'
import { actAs, actor } from '../platform/actor.ts'
import type { EventHub } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import { rateLimit } from '../platform/rate-limit.ts'
import { isStorageFailure } from '../platform/storage-errors.ts'
import { untilStored } from '../platform/storage-retry.ts'
import type { Database } from '../store/database.ts'
import {
  createJob,
  findJob,
  finishJob,
  linkJob,
  listJobs,
  recordJob,
  startJob,
  updateJobProgress,
} from '../store/jobs.ts'
import { createSharedTurn } from './shared-turn.ts'

/** Why a job must stop: a person cancelled it, a person will continue it later, or Fanoscope is closing. */
export type StopReason = 'cancel' | 'later' | 'close'

export type JobEnd =
  | { state: 'done'; result: JsonObject | null }
  | { state: 'failed'; failure: FailureInfo }
  | { state: 'cancelled' }
  | { state: 'interrupted'; failure: FailureInfo }

/** What the work function of a job is given. */
export interface JobContext {
  readonly id: Id
  /** Aborted when the job is to stop; the reason is a StopReason. */
  readonly signal: AbortSignal
  /** Aborted when Fanoscope closes: nothing that a job still does may wait for long then. */
  readonly closing: AbortSignal
  /**
   * Reports progress; it is sent to windows at most every `shownEvery` and stored at most every `keptEvery`
   * milliseconds.
   */
  progress(progress: JobProgress): void
  /** Records which dataset the job made or found. */
  link(links: { datasetId: Id }): void
}

/** How a job is done. An error thrown by its work ends it as failed. */
export interface JobPlan {
  kind: Exclude<JobKind, 'unknown'>
  payload: JsonObject
  runId?: Id
  datasetId?: Id
  lane: 'engine' | 'disk'
  /** It shares its turn in the lane with all others that say so. */
  together?: true
  /** Nobody answers for it: it only reads or copies, so that the audit has no row of it. */
  leavesNoTrace?: true
  /** Its work is done by Fanoscope itself, not in the name of who started it. */
  inNobodysName?: true
  work(context: JobContext): Promise<JobEnd>
  /** Called when the job is stopped before its work begins. */
  dropped?(reason: StopReason): void
  pause?(id: Id): void
  continue?(id: Id): void
}

export interface Jobs {
  /** Adds a job. Returns as soon as it is in the database. */
  start(plan: JobPlan): Job
  /** @throws Failure `job-unknown` */
  find(id: Id): Job
  list(options: { active: boolean }): Job[]
  /** The queued or running job of a run, if there is one. */
  activeOf(runId: Id): Id | null
  /**
   * Asks a queued or running job to stop; `ended` tells when it has.
   * @throws Failure `job-unknown`, `job-ended`
   */
  stop(id: Id, reason: StopReason): void
  /** @throws Failure `job-unknown`, `job-ended`, `job-not-pausable` */
  pause(id: Id): void
  continue(id: Id): void
  /** Waits for the end of a job and gives its final row. */
  ended(id: Id): Promise<Job>
  /**
   * Marks the job from whose work an error comes that nobody waited for: it is shown with it, and ends as failed. Called
   * in the asynchronous context of the error.
   * @returns the job; null where the error is of none
   */
  stray(error: unknown): Id | null
  /** Stops all jobs because Fanoscope is closing, and waits until they have stopped. */
  close(): Promise<void>
}

export interface JobsOptions {
  db: Database
  events: EventHub
  log: Log
  /** Milliseconds between two states of progress that are sent to windows, and between two that are stored. */
  shownEvery?: number
  keptEvery?: number
}

interface Active {
  plan: JobPlan
  /** As it was last known: what a window is shown where the row cannot be written or read. */
  shown: Job
  abort: AbortController
  begun: boolean
  /** An error of its work that nobody waited for. */
  stray: FailureInfo | null
  settled: Promise<Job>
  settle: (job: Job) => void
}

/** Which job's work is being done. */
const atWork = new AsyncLocalStorage<Id>()

/** The most jobs in a list. */
const listLimit = 200

const closed: FailureInfo = message('interrupted', { case: 'closed' })

/** How a stopped job ends. If it was stopped by closing it can continue later, and this failure says so. */
export const stoppedBy = (reason: unknown, whenClosed: FailureInfo): JobEnd =>
  reason === 'close' ? { state: 'interrupted', failure: whenClosed } : { state: 'cancelled' }

/** How a job ends whose engine task was not completed. */
export function unfinishedBy(outcome: UnfinishedTask, reason: unknown, whenClosed: FailureInfo): JobEnd {
  switch (outcome.kind) {
    case 'cancelled':
      return stoppedBy(reason, whenClosed)
    case 'interrupted':
      return { state: 'interrupted', failure: outcome.failure }
    case 'failed':
      return { state: 'failed', failure: outcome.failure }
  }
}

export function createJobs({ db, events, log, shownEvery = 250, keptEvery = 2_000 }: JobsOptions): Jobs {
  const lanes = { engine: new PQueue({ concurrency: 1 }), disk: new PQueue({ concurrency: 1 }) }
  const together = {
    engine: createSharedTurn((work) => lanes.engine.add(work)),
    disk: createSharedTurn((work) => lanes.disk.add(work)),
  }
  const active = new Map<Id, Active>()
  // Jobs whose end could not be stored yet. Lists show these instead of their rows, which still say `running`.
  const unstored = new Map<Id, Job>()
  const retries = new Set<Promise<void>>()
  const closing = new AbortController()

  // A job that is still queued belonged to a process that has ended; nothing starts by itself.
  for (const job of listJobs(db, { active: true })) {
    finishJob(db, job.id, {
      state: 'interrupted',
      failure: message('interrupted', { case: 'not-begun' }),
    })
  }

  function start(plan: JobPlan): Job {
    const { kind, payload, runId = null, datasetId = null } = plan
    const job = db.transaction(() => {
      const made = createJob(db, { kind, payload, runId, datasetId })
      if (!plan.leavesNoTrace) recordJob(db, 'job.started', made)
      return made
    })
    const starter = plan.inNobodysName ? null : actor()
    const { promise, resolve } = Promise.withResolvers<Job>()
    active.set(job.id, {
      plan,
      shown: job,
      abort: new AbortController(),
      begun: false,
      stray: null,
      settled: promise,
      settle: resolve,
    })
    tell(job)
    const work = (): Promise<void> => atWork.run(job.id, () => actAs(starter, () => perform(job.id)))
    const performed = plan.together ? together[plan.lane](work) : lanes[plan.lane].add(work)
    performed.catch((error: unknown) => log.error(`Job ${job.id} failed.`, failureDocument(error)))
    return job
  }

  async function perform(id: Id): Promise<void> {
    const job = active.get(id)
    if (job === undefined) return
    job.begun = true
    // The newest progress, which may not be in the database yet.
    let progress: JobProgress | null = null
    const show = rateLimit<JobProgress>(shownEvery, (shown) => tell({ ...present(job), progress: shown }))
    const keep = rateLimit<JobProgress>(keptEvery, (kept) => {
      try {
        updateJobProgress(db, id, kept)
      } catch (error) {
        // Progress that cannot be stored must not end the job; if the cause persists, the job itself will fail with
        // it.
        log.warn(`The progress of job ${id} could not be stored.`, failureDocument(error))
      }
    })
    let end: JobEnd
    try {
      startJob(db, id, process.pid)
      log.info(`Job ${id} (${job.plan.kind}) began.`, { job: id, ...job.plan.payload })
      tell(present(job))
      end = await job.plan.work({
        id,
        signal: job.abort.signal,
        closing: closing.signal,
        progress(now) {
          progress = now
          keep.offer(now)
          show.offer(now)
        },
        link: (links) => linkJob(db, id, links),
      })
    } catch (error) {
      end = { state: 'failed', failure: failureData(actionableError(error)) }
    } finally {
      show.drop()
      keep.drop()
    }
    if (end.state === 'done' && job.stray !== null) end = { state: 'failed', failure: job.stray }
    if (end.state === 'failed')
      log.error(`Job ${id} (${job.plan.kind}) failed: ${failureOf(end.failure).message}`, end.failure)
    else log.info(`Job ${id} (${job.plan.kind}) ended: ${end.state}.`, { job: id })
    finish(id, job, end, progress)
  }

  /** A job's row, or what was last known of it where the database does not answer. */
  function present(job: Active): Job {
    try {
      job.shown = findJob(db, job.shown.id)
    } catch (error) {
      log.warn(`The row of job ${job.shown.id} could not be read.`, failureDocument(error))
    }
    return job.stray === null ? job.shown : { ...job.shown, failure: job.stray }
  }

  /** A listener that fails must not end the job that it is told of. */
  function tell(job: Job): void {
    try {
      events.emit('job.changed', job)
    } catch (error) {
      log.error(`A listener failed when it was told of job ${job.id}.`, failureDocument(error))
    }
  }

  function storeEnd(id: Id, end: JobEnd, progress: JobProgress | null): void {
    db.transaction(() => {
      if (progress !== null) updateJobProgress(db, id, progress)
      finishJob(db, id, end)
    })
  }

  /** Ends a job. Never throws, whatever its work gave and whatever the disk says. */
  function finish(id: Id, job: Active, end: JobEnd, progress: JobProgress | null): void {
    let finished: Job
    active.delete(id)
    try {
      storeEnd(id, end, progress)
      finished = findJob(db, id)
    } catch (error) {
      finished = endNotStored(id, job, end, progress, error)
    }
    tell(finished)
    job.settle(finished)
  }

  /** Shows how a job ended although its row could not be written, and goes on trying to write it. */
  function endNotStored(id: Id, job: Active, end: JobEnd, progress: JobProgress | null, error: unknown): Job {
    log.error(`The end of job ${id} could not be stored.`, failureDocument(error))
    // An end that no schema lets through is stored as the failure that it is.
    const storable: JobEnd = isStorageFailure(error) ? end : { state: 'failed', failure: failureData(error) }
    const failure = 'failure' in storable ? storable.failure : failureData(error)
    const state = storable.state === 'interrupted' ? 'interrupted' : 'failed'
    const shown: Job = { ...job.shown, progress, state, failure, pid: null, finishedAt: db.now() }
    unstored.set(id, shown)
    const stored = untilStored(() => storeEnd(id, storable, null), { signal: closing.signal })
    const told = stored
      .then(({ isStored }) => {
        if (!isStored) return
        unstored.delete(id)
        tell(findJob(db, id))
      })
      .catch((cause: unknown) => log.error(`The end of job ${id} cannot be stored.`, failureDocument(cause)))
      .finally(() => retries.delete(told))
    retries.add(told)
    return shown
  }

  /** A row with what is known beyond it. */
  const asKnown = (job: Job): Job =>
    unstored.get(job.id) ?? { ...job, failure: active.get(job.id)?.stray ?? job.failure }

  const find = (id: Id): Job => unstored.get(id) ?? asKnown(findJob(db, id))

  function list(only: boolean): Job[] {
    const jobs = listJobs(db, { active: only, limit: listLimit }).map(asKnown)
    return only ? jobs.filter(({ state }) => state === 'queued' || state === 'running') : jobs
  }

  function activeOrThrow(id: Id): Active {
    const job = active.get(id)
    if (job) return job
    const { state } = find(id)
    throw new Failure('job-ended', { job: id, state })
  }

  /** A job is stopped or paused also while nothing can be stored; the row that tells of it is then tried again. */
  function record(action: 'job.stopped' | 'job.paused' | 'job.continued', job: Job): void {
    const recorded = untilStored(() => recordJob(db, action, job), { signal: closing.signal })
      .then(({ isStored }) => {
        if (!isStored) log.warn(`That job ${job.id} was asked to change (${action}) is not in the audit.`)
      })
      .catch((cause: unknown) => log.error(`The audit has no ${action}.`, failureDocument(cause)))
      .finally(() => retries.delete(recorded))
    retries.add(recorded)
  }

  function stop(id: Id, reason: StopReason): void {
    const job = activeOrThrow(id)
    // What Fanoscope stops because it closes, nobody answers for.
    if (reason !== 'close') record('job.stopped', job.shown)
    job.abort.abort(reason)
    if (job.begun) return
    try {
      job.plan.dropped?.(reason)
    } catch (error) {
      log.error(`Job ${id} could not be dropped.`, failureDocument(error))
    }
    finish(id, job, stoppedBy(reason, closed), null)
  }

  function paused(id: Id, how: 'pause' | 'continue'): void {
    const { plan, shown } = activeOrThrow(id)
    const act = plan[how]
    if (!act) {
      throw new Failure('job-not-pausable')
    }
    record(how === 'pause' ? 'job.paused' : 'job.continued', shown)
    act(id)
  }

  return {
    start,
    find,
    list: ({ active: only }) => list(only),
    activeOf: (runId) => [...active].find(([, job]) => job.plan.runId === runId)?.[0] ?? null,
    stop,
    pause: (id) => paused(id, 'pause'),
    continue: (id) => paused(id, 'continue'),
    stray(error) {
      const id = atWork.getStore()
      const job = id === undefined ? undefined : active.get(id)
      if (id === undefined || job === undefined) return null
      job.stray ??= failureData(error)
      tell(present(job))
      return id
    },
    ended: async (id) => active.get(id)?.settled ?? find(id),
    async close() {
      closing.abort()
      const ends = [...active.values()].map((job) => job.settled)
      // Queued jobs are stopped first, so that none of them starts when the running one ends.
      const byTurn = [...active].sort(([, a], [, b]) => Number(a.begun) - Number(b.begun))
      for (const [id] of byTurn) stop(id, 'close')
      await Promise.all(ends)
      // What cannot be stored now is found by the next start of Fanoscope, and marked as interrupted.
      await Promise.all(retries)
    },
  }
}
