/** A session: an open workspace with the engine's supervisor, the jobs and the log. */
import { failureDocument } from '../../shared/failure.ts'
import { message } from '../../shared/messages/message.ts'
import type { Id } from '../../shared/values.ts'
import type { LaunchEngine } from '../engine-host/channel.ts'
import { createSupervisor, type Supervisor, type SupervisorTimes } from '../engine-host/supervisor.ts'
import { createJobs, type Jobs } from '../jobs/jobs.ts'
import type { EventHub } from '../platform/events.ts'
import { type Log, openLog } from '../platform/log.ts'
import { listRuns, setRunState } from '../store/runs.ts'
import { type OpenOptions, openWorkspace, type ReadOnly, type Workspace } from '../store/workspace.ts'
import { createSessionThreads, type SessionThreads } from '../threads/session-threads.ts'
import { noticeChanges } from './notice-changes.ts'
import { type ClockWatch, noClockWatch, watchClock } from './watch-clock.ts'

export interface Session {
  readonly workspace: Workspace
  readonly supervisor: Supervisor
  readonly jobs: Jobs
  readonly events: EventHub
  readonly log: Log
  readonly clock: ClockWatch
  /** Threads that stay alive and keep data in memory from which they answer. */
  readonly threads: SessionThreads
  readonly hooks: SessionHooks
  /** Stops running jobs so that they can go on later, ends the engine, and closes the workspace. */
  close(): Promise<void>
}

/** Functions of features that a session calls. They are passed in, because features import sessions. */
export interface SessionHooks {
  /** Called when the workspace is open, before anything else is done in it. */
  opened(workspace: Workspace): void
  /** Called when the session closes, while its jobs are still running. */
  beforeClose(session: Pick<Session, 'workspace' | 'jobs'>): void
  /** Recomputes the scores of a run by its operating point in use, for images that were scored since it was set. */
  rescore(session: Pick<Session, 'threads'>, run: Id): Promise<void>
}

export interface SessionOptions {
  dir: string
  /** Makes the workspace where there is none. */
  create?: boolean
  /** As `openWorkspace` takes it. */
  readOnly?: ReadOnly
  /** The computer's clock, and one that nobody can set, where a test has its own. */
  clocks?: Pick<OpenOptions, 'now' | 'sinceStart'>
  launchEngine: LaunchEngine
  events: EventHub
  /** Time limits of the engine's supervisor that differ from the defaults. */
  engineTimes?: Partial<SupervisorTimes>
  hooks: SessionHooks
}

/** How long a training may take to write its checkpoint when Fanoscope is closed, in milliseconds. */
const closeWithin = 20_000

/** @throws Failure those of `openWorkspace` */
export function openSession(options: SessionOptions): Session {
  const { dir, create = false, readOnly = 'never', launchEngine, events, engineTimes = {}, hooks } = options
  const workspace = openWorkspace(dir, { create, readOnly, ...options.clocks })
  try {
    hooks.opened(workspace)
  } catch (error) {
    workspace.close()
    throw error
  }
  const log = openLog(workspace.paths.logs)
  const clock = workspace.copy === null ? watchClock(workspace, events, log) : noClockWatch
  const supervisor = createSupervisor({
    launch: () => launchEngine((text) => log.info(text.trimEnd(), { from: 'engine' })),
    onState: (state) => events.emit('engine.changed', state),
    onLog: (level, message) => log[level](message),
    times: engineTimes,
  })
  // A run that was queued or paused in a process that has ended is marked as interrupted; a person may resume it.
  // In a workspace that is only looked at, they may be runs of another process.
  for (const state of workspace.copy === null ? (['queued', 'paused'] as const) : []) {
    for (const run of listRuns(workspace.db, { state })) interruptRun(workspace, run.id)
  }
  const jobs = createJobs({ db: workspace.db, events, log })
  const threads = createSessionThreads(workspace)
  const stopNoticing = noticeChanges(workspace.db, events, log)
  let closing: Promise<void> | null = null

  async function close(): Promise<void> {
    stopNoticing()
    clock.stop()
    // What cannot be stored while Fanoscope closes must not keep it from closing.
    const step = async (what: string, act: () => void | Promise<void>): Promise<void> => {
      try {
        await act()
      } catch (error) {
        log.error(`${what} failed while Fanoscope was closing.`, failureDocument(error))
      }
    }
    await step('Noting what is at work', () => hooks.beforeClose({ workspace, jobs }))
    const timer = setTimeout(() => void supervisor.stop(), closeWithin)
    await step('Stopping the jobs', () => jobs.close())
    clearTimeout(timer)
    await step('Stopping the engine', () => supervisor.stop())
    await step('Stopping the threads', () => threads.close())
    await step('Closing the workspace', () => workspace.close())
    log.close()
  }

  return {
    workspace,
    supervisor,
    jobs,
    events,
    log,
    clock,
    threads,
    hooks,
    close() {
      closing ??= close()
      return closing
    },
  }
}

function interruptRun({ db }: Workspace, run: Id): void {
  setRunState(db, run, 'interrupted', message('interrupted', { case: 'training-ended' }))
}
