/** An open workspace with everything that works on it: the engine's supervisor, the jobs, the log. */
import type { Id } from '../../shared/domain.ts'
import { message } from '../../shared/messages/message.ts'
import { createJobs, type Jobs } from '../jobs/jobs.ts'
import { listRuns, setRunState } from '../store/runs.ts'
import { openWorkspace, type Workspace } from '../store/workspace.ts'
import type { LaunchEngine } from '../supervisor/channel.ts'
import { createSupervisor, type Supervisor, type SupervisorTimes } from '../supervisor/supervisor.ts'
import { noticeChanges } from './changes-beside.ts'
import type { EventHub } from './events.ts'
import { noteTrainings } from './go-on.ts'
import { createGrid, type Grid } from './grid-thread.ts'
import { type Log, openLog } from './log.ts'
import { createThresholds, type Thresholds } from './threshold-thread.ts'

export interface Session {
  readonly workspace: Workspace
  readonly supervisor: Supervisor
  readonly jobs: Jobs
  readonly events: EventHub
  readonly log: Log
  /** The images of a dataset by any filter, in any order. */
  readonly grid: Grid
  /** What is asked about thresholds and operating points. */
  readonly thresholds: Thresholds
  /** Lets what is at work keep what it has, ends the engine, and gives the workspace back. */
  close(): Promise<void>
}

export interface SessionOptions {
  dir: string
  /** Make the workspace where there is none. */
  create?: boolean
  launchEngine: LaunchEngine
  events: EventHub
  /** How patient the supervisor of the engine is, where not as usual. */
  engineTimes?: Partial<SupervisorTimes>
}

/** How long a training may take to write its checkpoint when Fanoscope is closed, in milliseconds. */
const closeWithin = 20_000

/** @throws Failure those of `openWorkspace` */
export function openSession(options: SessionOptions): Session {
  const { dir, create = false, launchEngine, events, engineTimes = {} } = options
  const workspace = openWorkspace(dir, { create })
  const log = openLog(workspace.paths.logs)
  const supervisor = createSupervisor({
    launch: () => launchEngine((text) => log.info(text.trimEnd(), { from: 'engine' })),
    onState: (state) => events.emit('engine.changed', state),
    onLog: (level, message) => log[level](message),
    times: engineTimes,
  })
  // A run that waited or was held in memory by a process that is gone waits for a person now.
  for (const state of ['queued', 'paused'] as const) {
    for (const run of listRuns(workspace.db, { state })) interruptRun(workspace, run.id)
  }
  const jobs = createJobs({ db: workspace.db, events, log })
  const grid = createGrid(workspace.dir)
  const thresholds = createThresholds(workspace.dir)
  const stopNoticing = noticeChanges(workspace.db, events)
  let closing: Promise<void> | null = null

  async function close(): Promise<void> {
    stopNoticing()
    noteTrainings(workspace.db, jobs.list({ active: true }).reverse())
    const timer = setTimeout(() => void supervisor.stop(), closeWithin)
    await jobs.close()
    clearTimeout(timer)
    await supervisor.stop()
    await grid.close()
    await thresholds.close()
    workspace.close()
    log.close()
  }

  return {
    workspace,
    supervisor,
    jobs,
    events,
    log,
    grid,
    thresholds,
    close() {
      closing ??= close()
      return closing
    },
  }
}

function interruptRun({ db }: Workspace, run: Id): void {
  setRunState(db, run, 'interrupted', message('interrupted', { case: 'training-ended' }))
}
