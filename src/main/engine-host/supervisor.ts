/**
 * Gives the single engine its tasks, one at a time but for those that stream, and returns how each ended.
 *
 * The supervisor does not know SQLite. The outcome of a task is returned, never thrown: the caller decides what
 * `interrupted` means for its run or job.
 */
import type { EngineState } from '../../shared/engine.ts'
import { Failure, type FailureData, failureData, failureOf } from '../../shared/failure.ts'
import {
  type EngineImage,
  type EngineTask,
  type FromEngine,
  isEndOf,
  isMessageOf,
  type Provider,
  type TaskEnd,
  type TaskKind,
  type TaskMessage,
  type TaskResult,
  tasks,
} from '../engine/protocol.ts'
import type { EngineChannel } from './channel.ts'
import { createEngineProcess, type EngineTimes } from './engine-process.ts'

/** How a task ended that was not completed. */
export type UnfinishedTask =
  | { kind: 'cancelled'; step: number }
  | { kind: 'failed'; failure: FailureData }
  /** The engine's process ended, or was killed, during the task. */
  | { kind: 'interrupted'; failure: FailureData }

/** How a task ended. The result of a completed task has the type that belongs to its kind. */
export type TaskOutcome<K extends TaskKind = TaskKind> =
  | { kind: TaskEnd<K>; result: TaskResult<K> }
  | UnfinishedTask

export interface SupervisorTimes extends EngineTimes {
  /** The longest wait for a training to write its checkpoint after `cancel` was sent, in milliseconds. */
  cancel: number
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
  /**
   * Runs a task in the engine; only one at a time (Failure `engine-busy`), but for scoring tasks that stream: these
   * share the engine. `observe` is called with the task's
   * messages. If it throws, the task is cancelled and ends as `failed`. When it returns, or the promise that it gave is
   * kept, the rows that it was given must be stored, because the engine is then told so. Aborting `signal` cancels the
   * task.
   */
  run<K extends TaskKind>(
    task: { kind: K } & EngineTask<K>,
    observe: (message: TaskMessage<K>) => unknown,
    signal?: AbortSignal,
  ): Promise<TaskOutcome<K>>
  /**
   * Runs a short task that writes nothing, whatever else the engine is doing. It cannot be cancelled, and it is
   * answered at the next point at which the other task lets messages through.
   */
  ask(task: EngineTask<'explain'>): Promise<TaskOutcome<'explain'>>
  cancel(task: string): void
  pause(task: string): void
  continue(task: string): void
  /** Sends more images to a streaming scoring task; ignored while that task does not run. */
  feed(task: string, images: EngineImage[]): void
  /**
   * Sends another model to a streaming scoring task; ignored while that task does not run. The task answers with
   * `exchanged`.
   */
  exchange(task: string, successor: { run: string; folder: string }): void
  /** Ends the engine; a running task ends as `interrupted`. The engine can be started again. */
  stop(): Promise<void>
}

const standardTimes: SupervisorTimes = {
  ready: 120_000,
  exit: 5_000,
  cancel: 60_000,
  backoff: (crashes) => Math.min(500 * 2 ** (crashes - 1), 15_000),
}

/** A running task. */
interface Current {
  id: string
  isStream: boolean
  /**
   * Handles a message of the task. Throws what `observe` throws.
   * @returns whether a task of this kind may send this message
   */
  hear(message: FromEngine): boolean
  unfinished(outcome: UnfinishedTask): void
  cancelTimer: NodeJS.Timeout | null
}

/** A task whose engine is still starting, with the requests that arrived meanwhile. */
interface Waiting {
  id: string
  isStream: boolean
  cancelled: boolean
  paused: boolean
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const times = { ...standardTimes, ...options.times }
  const log = options.onLog ?? (() => undefined)

  /** Short tasks that are not answered yet, by their id. */
  const asked = new Map<string, (outcome: TaskOutcome<'explain'>) => void>()
  const running = new Map<string, Current>()
  const waiting = new Map<string, Waiting>()

  const engine = createEngineProcess({
    launch: options.launch,
    onState: options.onState ?? (() => undefined),
    onLog: log,
    times,
    onMessage(message) {
      if (!('task' in message)) return
      const answer = asked.get(message.task)
      if (answer !== undefined) receiveAnswer(message, answer)
      else {
        const task = running.get(message.task)
        if (task !== undefined) receive(task, message)
      }
    },
    onGone(failure) {
      for (const answer of [...asked.values()]) answer({ kind: 'interrupted', failure })
      for (const task of [...running.values()]) {
        leave(task)
        task.unfinished({ kind: 'interrupted', failure })
      }
    },
  })

  function leave(task: Current): void {
    if (task.cancelTimer !== null) clearTimeout(task.cancelTimer)
    running.delete(task.id)
  }

  /** Records that the task has an outcome, and where it was the last one, that the engine can take another one. */
  function end(task: Current): void {
    if (running.get(task.id) !== task) return
    leave(task)
    if (running.size === 0) engine.idle()
  }

  function receive(task: Current, message: FromEngine): void {
    if (message.type === 'cancelled') {
      end(task)
      task.unfinished({ kind: 'cancelled', step: message.step })
    } else if (message.type === 'failed') {
      end(task)
      task.unfinished({ kind: 'failed', failure: message.failure })
    } else {
      observe(task, message)
    }
  }

  function observe(task: Current, message: FromEngine): void {
    let isKnown: boolean
    try {
      isKnown = task.hear(message)
    } catch (error) {
      giveUp(task, failureData(error))
      return
    }
    if (isKnown) return
    engine.kill({ code: 'engine-protocol', params: { case: 'other-task', type: message.type } })
  }

  /** Cancels a task whose rows cannot be stored (the disk is full): they must not be acknowledged. */
  function giveUp(task: Current, failure: FailureData): void {
    log('error', failureOf(failure).message)
    engine.send({ type: 'cancel', task: task.id })
    armCancelTimer(task)
    const { unfinished } = task
    task.unfinished = () => unfinished({ kind: 'failed', failure })
    // Further messages of the task are ignored.
    task.hear = (message) => {
      if (Object.values(tasks).some(({ end: type }) => type === message.type)) {
        end(task)
        unfinished({ kind: 'failed', failure })
      }
      return true
    }
  }

  async function run<K extends TaskKind>(
    task: { kind: K } & EngineTask<K>,
    observer: (message: TaskMessage<K>) => unknown,
    signal?: AbortSignal,
  ): Promise<TaskOutcome<K>> {
    const isStream = isStreaming(task)
    const others = [...running.values(), ...waiting.values()]
    if (others.some((other) => !(isStream && other.isStream))) throw new Failure('engine-busy')
    if (signal?.aborted) return { kind: 'cancelled', step: 0 }
    const stop = (): void => cancel(task.task)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await begin(task, observer)
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async function begin<K extends TaskKind>(
    task: { kind: K } & EngineTask<K>,
    observer: (message: TaskMessage<K>) => unknown,
  ): Promise<TaskOutcome<K>> {
    const { kind, task: id } = task
    const isStream = isStreaming(task)
    const asked: Waiting = { id, isStream, cancelled: false, paused: false }
    waiting.set(id, asked)
    try {
      await engine.start()
    } catch (error) {
      return { kind: 'interrupted', failure: failureData(error) }
    } finally {
      waiting.delete(id)
    }
    if (asked.cancelled) return { kind: 'cancelled', step: 0 }
    const { promise, resolve } = Promise.withResolvers<TaskOutcome<K>>()
    let rows = 0
    const begun: Current = {
      id,
      isStream,
      hear(message) {
        if (isEndOf(kind, message)) {
          end(begun)
          resolve({ kind: tasks[kind].outcome, result: message.result })
          return true
        }
        const stored = message.type === 'scored' ? message.rows.length : 0
        if (!isMessageOf(kind, message)) return false
        const acknowledge = (): void => {
          rows += stored
          if (stored > 0 && running.get(id) === begun) engine.send({ type: 'stored', task: id, rows })
        }
        const observed = observer(message)
        if (observed instanceof Promise) {
          observed.then(acknowledge).catch((error: unknown) => {
            const failure = failureData(error)
            if (running.get(id) === begun) giveUp(begun, failure)
            else log('error', failureOf(failure).message)
          })
        } else acknowledge()
        return true
      },
      unfinished: resolve,
      cancelTimer: null,
    }
    running.set(id, begun)
    engine.busy()
    try {
      engine.send({ type: 'run', task })
      if (asked.paused) engine.send({ type: 'pause', task: id })
    } catch (error) {
      end(begun)
      resolve({ kind: 'failed', failure: failureData(error) })
    }
    return promise
  }

  async function ask(task: EngineTask<'explain'>): Promise<TaskOutcome<'explain'>> {
    try {
      await engine.start()
    } catch (error) {
      return { kind: 'interrupted', failure: failureData(error) }
    }
    const { promise, resolve } = Promise.withResolvers<TaskOutcome<'explain'>>()
    asked.set(task.task, (outcome) => {
      asked.delete(task.task)
      resolve(outcome)
    })
    engine.send({ type: 'run', task })
    return promise
  }

  function receiveAnswer(message: FromEngine, answer: (outcome: TaskOutcome<'explain'>) => void): void {
    if (isEndOf('explain', message)) answer({ kind: tasks.explain.outcome, result: message.result })
    else if (message.type === 'failed') answer({ kind: 'failed', failure: message.failure })
    else engine.kill({ code: 'engine-protocol', params: { case: 'other-task', type: message.type } })
  }

  function armCancelTimer(task: Current): void {
    task.cancelTimer ??= setTimeout(() => {
      engine.kill({ code: 'engine-hung', params: { seconds: Math.round(times.cancel / 1000) } })
    }, times.cancel)
  }

  function cancel(id: string): void {
    const asked = waiting.get(id)
    if (asked !== undefined) asked.cancelled = true
    const task = running.get(id)
    if (task === undefined) return
    engine.send({ type: 'cancel', task: id })
    armCancelTimer(task)
  }

  function setPaused(id: string, paused: boolean): void {
    const asked = waiting.get(id)
    if (asked !== undefined) asked.paused = paused
  }

  return {
    state: engine.state,
    start: engine.start,
    run,
    ask,
    cancel,
    pause(id) {
      setPaused(id, true)
      if (running.has(id)) engine.send({ type: 'pause', task: id })
    },
    continue(id) {
      setPaused(id, false)
      if (running.has(id)) engine.send({ type: 'continue', task: id })
    },
    feed(id, images) {
      if (running.has(id)) engine.send({ type: 'feed', task: id, images })
    },
    exchange(id, successor) {
      if (running.has(id)) engine.send({ type: 'exchange', task: id, ...successor })
    },
    stop: engine.stop,
  }
}

const isStreaming = (task: { kind: TaskKind; stream?: boolean | undefined }): boolean =>
  task.kind === 'score' && task.stream === true

/** Pause and continue for a job that consists of one engine task with the job's own id. */
export const pausing = ({ pause, continue: resume }: Pick<Supervisor, 'pause' | 'continue'>) => ({
  pause,
  continue: resume,
})
