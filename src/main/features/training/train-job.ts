/** The training job. It updates the run's row with what the engine reports and writes the result in one transaction. */
import { assetPath } from '../../../shared/asset-path.ts'
import { type FailureData, failureData, failureDocument } from '../../../shared/failure.ts'
import type { JobProgress } from '../../../shared/job.ts'
import { message } from '../../../shared/messages/message.ts'
import type { Run } from '../../../shared/run.ts'
import { countsSteps } from '../../../shared/training.ts'
import { type Id, jsonObjectSchema } from '../../../shared/values.ts'
import type { EngineTask, TaskMessage, TaskResult } from '../../engine/protocol.ts'
import { pausing } from '../../engine-host/supervisor.ts'
import type { JobContext, JobEnd, JobPlan } from '../../jobs/jobs.ts'
import { rateLimit } from '../../platform/rate-limit.ts'
import type { Session } from '../../session/session.ts'
import { retrainingOf } from '../../store/dataset-versions.ts'
import {
  addMetrics,
  findRun,
  listRuns,
  runFolder,
  setCalibration,
  setFeatureScale,
  setRunResult,
  setRunState,
  updateProgress,
} from '../../store/runs.ts'
import { engineTrainingImages, readTrainingList } from '../runs/training-images.ts'
import { backboneOf } from './backbone.ts'
import { expectedTimes } from './training-outlook.ts'

/** Milliseconds between two updates of the run's row, besides those at checkpoints. */
const storeInterval = 2_000

const closed: FailureData = message('interrupted', { case: 'training' })

export function trainPlan(session: Session, run: Id, resume: boolean): JobPlan {
  const { db } = session.workspace
  const emitChange = (): void => session.events.emit('run.changed', { run })
  return {
    kind: 'train',
    payload: { run, resume },
    runId: run,
    datasetId: findRun(db, run).datasetId,
    lane: 'engine',
    async work(context) {
      try {
        return await train(session, run, resume, context)
      } finally {
        emitChange()
      }
    },
    dropped(reason) {
      stopped(session, run, findRun(db, run).stepsDone, AbortSignal.abort(reason))
      emitChange()
    },
    ...pausing(session.supervisor),
  }
}

async function train(session: Session, id: Id, resume: boolean, context: JobContext): Promise<JobEnd> {
  const { workspace, supervisor, events } = session
  const { db } = workspace
  try {
    const run = findRun(db, id)
    const list = await readTrainingList(workspace, run)
    const images = await engineTrainingImages(workspace, run, list)
    const backbone = await backboneOf(run.config)
    const expected = expectedTimes(listRuns(db, {}), run)
    const task: EngineTask<'train'> = {
      kind: 'train',
      task: context.id,
      run: id,
      folder: workspace.path(runFolder(id)),
      model: run.model,
      config: run.config,
      seed: run.seed,
      resume,
      warmFrom: warmFolder(session, run),
      ...(backbone && { backbone }),
      ...(expected && { expected }),
      ...(list.regionOfInterest.kind === 'none' ? {} : { regionOfInterest: list.regionOfInterest }),
      ...images,
    }
    // The job was stopped while its images were being checked.
    if (context.signal.aborted) return stopped(session, id, run.stepsDone, context.signal)
    setRunState(db, id, 'training')
    events.emit('run.changed', { run: id })
    const follower = followTraining(session, run, context)
    const outcome = await supervisor.run(task, follower.observe, context.signal)
    follower.keep()
    switch (outcome.kind) {
      case 'trained':
        return trained(session, id, outcome.result)
      case 'cancelled':
        return stopped(session, id, outcome.step, context.signal)
      case 'interrupted':
        setRunState(db, id, 'interrupted', outcome.failure)
        return { state: 'interrupted', failure: outcome.failure }
      case 'failed':
        setRunState(db, id, 'failed', outcome.failure)
        return { state: 'failed', failure: outcome.failure }
    }
  } catch (error) {
    const failure = failureData(error)
    // If the disk is full even this cannot be written; the next start then marks the run as interrupted.
    setRunState(db, id, 'failed', failure)
    return { state: 'failed', failure }
  }
}

/** The folder with the weights that the run starts from; null for new weights. */
function warmFolder({ workspace }: Session, run: Run): string | null {
  if (run.parentRunId === null || retrainingOf(workspace.db, run.id)?.start !== 'warm') return null
  return workspace.path(runFolder(run.parentRunId))
}

function trained({ workspace: { db } }: Session, id: Id, report: TaskResult<'train'>): JobEnd {
  const { calibration: scores, mapScale, expectedCriticValue, parts, ...reported } = report
  const { steps, seconds, losses } = reported
  const result = jsonObjectSchema.parse(reported)
  db.transaction(() => {
    updateProgress(db, id, { stepsDone: steps, stepsTotal: steps, seconds, losses })
    setCalibration(db, id, { scores, mapScale, expectedCriticValue, ...(parts && { parts }) })
    setRunResult(db, id, result)
    if (reported.featureScale) setFeatureScale(db, id, reported.featureScale.scale)
    setRunState(db, id, 'trained')
  })
  return { state: 'done', result: { run: id, ...result } }
}

/** Ends a training that was stopped by a person or by closing, or before it began. */
function stopped({ workspace: { db } }: Session, id: Id, step: number, signal: AbortSignal): JobEnd {
  const reason: unknown = signal.reason
  if (reason === 'close') {
    setRunState(db, id, 'interrupted', closed)
    return { state: 'interrupted', failure: closed }
  }
  if (reason === 'later') {
    setRunState(db, id, 'interrupted', message('stopped', { case: 'training', step }))
  } else {
    setRunState(db, id, 'cancelled')
  }
  return { state: 'cancelled' }
}

interface Follower {
  observe(message: TaskMessage<'train'>): void
  /** Stores the newest state of the training in the run's row. */
  keep(): void
}

/** Stores what the engine reports about a training in the run's row and sends it to the windows. */
function followTraining(session: Session, run: Run, context: JobContext): Follower {
  const { events, log } = session
  const { db } = session.workspace
  const losses = { ...run.losses }
  let { stepsDone, stepsTotal } = run
  let last: JobProgress = { phase: 'load', done: 0, total: 0, secondsLeft: null, paused: false }
  let seconds = run.seconds
  let workingSince: number | null = performance.now()

  const clock = (working: boolean): void => {
    const now = performance.now()
    if (workingSince !== null) seconds += (now - workingSince) / 1000
    workingSince = working ? now : null
  }
  const keepSoon = rateLimit<null>(storeInterval, () => {
    try {
      keep()
    } catch (error) {
      // The next checkpoint or point of the curve will fail too, and report what to do.
      log.warn(`How far run ${run.id} is could not be stored.`, failureDocument(error))
    }
  })
  function keep(): void {
    keepSoon.drop()
    clock(workingSince !== null)
    updateProgress(db, run.id, { stepsDone, stepsTotal, seconds, losses })
    events.emit('run.changed', { run: run.id })
  }
  function show(change: Partial<JobProgress>): void {
    last = { ...last, ...change }
    context.progress(last)
  }

  return {
    keep,
    observe(message) {
      switch (message.type) {
        case 'progress': {
          const { phase, done, total, secondsLeft } = message
          if (countsSteps(phase)) {
            stepsDone = done
            stepsTotal = total
            keepSoon.offer(null)
          }
          show({ phase, done, total, secondsLeft })
          return
        }
        case 'metrics':
          addMetrics(db, run.id, message.points)
          for (const { name, value } of message.points) losses[name] = value
          events.emit('run.points', { run: run.id, points: message.points })
          return
        case 'preview': {
          const { name, step } = message
          const asset = assetPath.preview(run.id, name, step)
          events.emit('run.preview', { run: run.id, name, step, asset })
          return
        }
        case 'checkpoint':
          keep()
          return
        case 'paused':
        case 'continued': {
          const paused = message.type === 'paused'
          clock(!paused)
          // If a stop was requested meanwhile, a pause is not recorded.
          if (!context.signal.aborted) setRunState(db, run.id, paused ? 'paused' : 'training')
          show({ paused, secondsLeft: paused ? null : last.secondsLeft })
          events.emit('run.changed', { run: run.id })
        }
      }
    },
  }
}
