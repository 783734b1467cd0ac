/**
 * Keeps one engine process: starts it when it is first needed, gives it one task at a time, checks every
 * message in both directions, starts it again after a crash, and ends it, by force where it must.
 *
 * The supervisor knows nothing of SQLite. A task's outcome is returned, never thrown: what `interrupted`
 * means for a run or a job is for `src/main/jobs` to say.
 */
import type { EngineState } from '../../shared/contract.ts'
import { Failure, type FailureData, failureData, failureOf, reasonOf } from '../../shared/failure.ts'
import { inside, message, type Param } from '../../shared/messages/message.ts'
import {
  type EngineImage,
  type ExportResult,
  type ExportTask,
  type FromEngine,
  fromEngineSchema,
  type Provider,
  type ScoreResult,
  type ScoreTask,
  type ToEngine,
  type TrainResult,
  type TrainTask,
  toEngineSchema,
} from '../engine/protocol.ts'
import type { EngineChannel } from './channel.ts'

export type EngineTask = TrainTask | ScoreTask | ExportTask

/** How a task ended. */
export type TaskOutcome =
  | { kind: 'trained'; result: TrainResult }
  | { kind: 'scored'; result: ScoreResult }
  | { kind: 'exported'; result: ExportResult }
  | { kind: 'cancelled'; step: number }
  | { kind: 'failed'; failure: FailureData }
  /** The engine's process ended, or was ended, in the middle of the task. */
  | { kind: 'interrupted'; failure: FailureData }

/** What the engine says while a task is at work. */
export type TaskMessage = Extract<
  FromEngine,
  {
    type:
      | 'progress'
      | 'metrics'
      | 'preview'
      | 'checkpoint'
      | 'scored'
      | 'refused'
      | 'exchanged'
      | 'paused'
      | 'continued'
  }
>

export interface SupervisorTimes {
  /** Longest wait for `ready`, in milliseconds; loading TensorFlow on a cold disk takes a while. */
  ready: number
  /** After `exit` was sent, how long the process may take to go. */
  exit: number
  /** After `cancel` was sent, how long a training may take to write its checkpoint. */
  cancel: number
  /** The wait before the nth start in a row (1 for the first after a crash). */
  backoff: (crashes: number) => number
}

export interface SupervisorOptions {
  launch: () => EngineChannel
  onState?: (state: EngineState) => void
  onLog?: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void
  times?: Partial<SupervisorTimes>
}

export interface Supervisor {
  state(): EngineState
  /** Starts the engine unless it runs. Rejects with Failure `engine-start-failed`. */
  start(): Promise<Provider>
  /** Gives the engine a task; one at a time (Failure `engine-busy`). `observe` hears its messages. */
  run(task: EngineTask, observe: (message: TaskMessage) => void): Promise<TaskOutcome>
  cancel(task: string): void
  pause(task: string): void
  continue(task: string): void
  /** Rows up to this many of a scoring task are safe in the store. */
  stored(task: string, rows: number): void
  /** More images for a scoring task that streams; dropped while it is not at work. */
  feed(task: string, images: EngineImage[]): void
  /** Another model for a scoring task that streams; dropped while it is not at work. `exchanged` answers. */
  exchange(task: string, successor: { run: string; folder: string }): void
  /** Ends the engine; a task at work ends `interrupted`. It can be started again. */
  stop(): Promise<void>
}

/** Crashes without a finished task between them after which the engine is not started by itself again. */
const crashLimit = 5

const standardTimes: SupervisorTimes = {
  ready: 120_000,
  exit: 5_000,
  cancel: 60_000,
  backoff: (crashes) => Math.min(500 * 2 ** (crashes - 1), 15_000),
}

interface Current {
  id: string
  observe: (message: TaskMessage) => void
  settle: (outcome: TaskOutcome) => void
  cancelTimer: NodeJS.Timeout | null
}

/** A task whose engine is still starting, and what was asked of it meanwhile. */
interface Waiting {
  id: string
  cancelled: boolean
  paused: boolean
}

interface Starting {
  promise: Promise<Provider>
  resolve: (provider: Provider) => void
  reject: (failure: Failure) => void
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const times = { ...standardTimes, ...options.times }
  const log = options.onLog ?? (() => undefined)

  let phase: EngineState['state'] = 'stopped'
  let provider: Provider | null = null
  let crashes = 0
  let crashesInARow = 0
  let channel: EngineChannel | null = null
  let starting: Starting | null = null
  let current: Current | null = null
  let waiting: Waiting | null = null
  let stopping: { promise: Promise<void>; done: () => void } | null = null
  let readyTimer: NodeJS.Timeout | null = null
  let restartTimer: NodeJS.Timeout | null = null
  /** Why this process ended the engine itself, to be told instead of an exit code. */
  let killedFor: FailureData | null = null

  const state = (): EngineState => ({ state: phase, provider, crashes })

  function enter(next: EngineState['state']): void {
    if (phase === next) return
    phase = next
    options.onState?.(state())
  }

  function send(message: ToEngine): void {
    channel?.send(toEngineSchema.parse(message))
  }

  function launch(): void {
    let launched: EngineChannel
    try {
      launched = options.launch()
    } catch (error) {
      exited(null, null, reasonOf(error))
      return
    }
    channel = launched
    readyTimer = setTimeout(() => {
      kill(message('engine-start-failed', { case: 'no-answer', seconds: Math.round(times.ready / 1000) }))
    }, times.ready)
    launched.onMessage((message) => {
      if (channel === launched) receive(message)
    })
    launched.onExit((code, signal) => {
      if (channel === launched) exited(code, signal, null)
    })
  }

  function kill(reason: FailureData): void {
    killedFor ??= reason
    log('error', failureOf(reason).message)
    channel?.kill()
  }

  function receive(raw: unknown): void {
    const parsed = fromEngineSchema.safeParse(raw)
    if (!parsed.success) {
      kill({ code: 'engine-protocol', params: { reason: parsed.error.message } })
      return
    }
    const message = parsed.data
    switch (message.type) {
      case 'ready':
        becomeReady(message.provider)
        return
      case 'log':
        log(message.level, message.message)
        return
      case 'proved':
        // Only the doctor asks for it, of an engine of its own.
        return
      case 'trained':
        settle(message.task, { kind: 'trained', result: message.result })
        return
      case 'score-done':
        settle(message.task, { kind: 'scored', result: message.result })
        return
      case 'exported':
        settle(message.task, { kind: 'exported', result: message.result })
        return
      case 'cancelled':
        settle(message.task, { kind: 'cancelled', step: message.step })
        return
      case 'failed':
        settle(message.task, { kind: 'failed', failure: message.failure })
        return
      default:
        if (current?.id === message.task) observe(current, message)
    }
  }

  function observe(task: Current, message: TaskMessage): void {
    try {
      task.observe(message)
    } catch (error) {
      // Rows that cannot be stored (a full disk) must not be acknowledged, and the task cannot go on.
      const failure = failureData(error)
      log('error', failureOf(failure).message)
      send({ type: 'cancel', task: task.id })
      armCancelTimer(task)
      const settleLater = task.settle
      task.observe = () => undefined
      task.settle = () => settleLater({ kind: 'failed', failure })
    }
  }

  function becomeReady(found: Provider): void {
    if (readyTimer !== null) clearTimeout(readyTimer)
    readyTimer = null
    provider = found
    const waiting = starting
    starting = null
    enter('ready')
    waiting?.resolve(found)
  }

  function settle(id: string, outcome: TaskOutcome): void {
    const task = current
    if (task === null || task.id !== id) return
    if (task.cancelTimer !== null) clearTimeout(task.cancelTimer)
    current = null
    if (outcome.kind !== 'interrupted') {
      crashesInARow = 0
      if (stopping === null) enter('ready')
    }
    task.settle(outcome)
  }

  function exited(code: number | null, signal: string | null, launchError: Param): void {
    if (readyTimer !== null) clearTimeout(readyTimer)
    readyTimer = null
    channel = null
    const reason = killedFor ?? describeExit(code, signal, launchError)
    killedFor = null
    if (stopping !== null) {
      enter('stopped')
      if (current !== null) settle(current.id, { kind: 'interrupted', failure: stoppedFailure })
      failStart(reason)
      stopping.done()
      return
    }
    crashes += 1
    crashesInARow += 1
    log('error', failureOf(reason).message)
    const mayRestart = crashesInARow < crashLimit
    enter(mayRestart ? 'restarting' : 'failed')
    if (current !== null) settle(current.id, { kind: 'interrupted', failure: reason })
    if (mayRestart) {
      restartTimer = setTimeout(() => {
        restartTimer = null
        launch()
      }, times.backoff(crashesInARow))
    } else {
      failStart(reason)
    }
  }

  function failStart(reason: FailureData): void {
    const waiting = starting
    starting = null
    waiting?.reject(new Failure('engine-start-failed', { case: 'ended', reason: inside('failure', reason) }))
  }

  function start(): Promise<Provider> {
    if (stopping !== null) return stopping.promise.then(start)
    if (provider !== null && (phase === 'ready' || phase === 'busy')) return Promise.resolve(provider)
    if (starting !== null) return starting.promise
    const { promise, resolve, reject } = Promise.withResolvers<Provider>()
    starting = { promise, resolve, reject }
    // Somebody may only want it warm and wait for `run` to hear of a failure.
    promise.catch(() => undefined)
    // A restart after a crash is on its way and will answer this start too.
    if (phase === 'restarting') return promise
    if (phase === 'failed') crashesInARow = 0
    enter('starting')
    launch()
    return promise
  }

  async function run(task: EngineTask, observer: (message: TaskMessage) => void): Promise<TaskOutcome> {
    if (current !== null || waiting !== null) {
      throw new Failure('engine-busy')
    }
    const asked: Waiting = { id: task.task, cancelled: false, paused: false }
    waiting = asked
    try {
      await start()
    } catch (error) {
      return { kind: 'interrupted', failure: failureData(error) }
    } finally {
      waiting = null
    }
    if (asked.cancelled) return { kind: 'cancelled', step: 0 }
    const { promise, resolve } = Promise.withResolvers<TaskOutcome>()
    current = { id: task.task, observe: observer, settle: resolve, cancelTimer: null }
    enter('busy')
    try {
      send({ type: 'run', task })
      if (asked.paused) send({ type: 'pause', task: task.task })
    } catch (error) {
      settle(task.task, { kind: 'failed', failure: failureData(error) })
    }
    return promise
  }

  function armCancelTimer(task: Current): void {
    task.cancelTimer ??= setTimeout(() => {
      kill(message('engine-hung', { seconds: Math.round(times.cancel / 1000) }))
    }, times.cancel)
  }

  function stop(): Promise<void> {
    if (stopping !== null) return stopping.promise
    if (restartTimer !== null) clearTimeout(restartTimer)
    restartTimer = null
    if (channel === null) {
      enter('stopped')
      failStart(stoppedFailure)
      return Promise.resolve()
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    const dying = channel
    const timer = setTimeout(() => dying.kill(), times.exit)
    stopping = {
      promise,
      done: () => {
        clearTimeout(timer)
        stopping = null
        resolve()
      },
    }
    send({ type: 'exit' })
    return promise
  }

  return {
    state,
    start,
    run,
    cancel(id) {
      if (waiting?.id === id) waiting.cancelled = true
      if (current?.id !== id) return
      send({ type: 'cancel', task: id })
      armCancelTimer(current)
    },
    pause(id) {
      if (waiting?.id === id) waiting.paused = true
      if (current?.id === id) send({ type: 'pause', task: id })
    },
    continue(id) {
      if (waiting?.id === id) waiting.paused = false
      if (current?.id === id) send({ type: 'continue', task: id })
    },
    stored(id, rows) {
      if (current?.id === id) send({ type: 'stored', task: id, rows })
    },
    feed(id, images) {
      if (current?.id === id) send({ type: 'feed', task: id, images })
    },
    exchange(id, successor) {
      if (current?.id === id) send({ type: 'exchange', task: id, ...successor })
    },
    stop,
  }
}

const stoppedFailure: FailureData = message('engine-stopped')

function describeExit(code: number | null, signal: string | null, launchError: Param): FailureData {
  if (launchError !== null) return message('engine-start-failed', { case: 'error', reason: launchError })
  if (signal === 'SIGKILL') return message('engine-crashed', { case: 'killed', signal })
  if (signal !== null) return message('engine-crashed', { case: 'signal', signal })
  return code === null ? message('engine-start-failed') : message('engine-crashed', { code })
}
