/**
 * Keeps one engine process running: starts it when it is first needed, checks every message in both directions,
 * restarts it after a crash, and ends it, by force if necessary.
 */

import type { EngineState } from '../../shared/engine.ts'
import { Failure, type FailureData, failureOf, reasonOf } from '../../shared/failure.ts'
import { inside, message, type Param } from '../../shared/messages/message.ts'
import {
  type FromEngine,
  fromEngineSchema,
  type Provider,
  type ToEngine,
  toEngineSchema,
} from '../engine/protocol.ts'
import type { EngineChannel } from './channel.ts'

export interface EngineTimes {
  /** Longest wait for `ready`, in milliseconds; loading TensorFlow on a cold disk takes a while. */
  ready: number
  /** The longest wait for the process to end after `exit` was sent, in milliseconds. */
  exit: number
  /** The wait in milliseconds before the nth start in a row (1 for the first after a crash). */
  backoff: (crashes: number) => number
}

export interface EngineProcessOptions {
  launch: () => EngineChannel
  onState(state: EngineState): void
  onLog(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
  times: EngineTimes
  /** Called with messages about tasks. */
  onMessage(message: FromEngine): void
  /** Called when the process has ended; a task in progress is lost. */
  onGone(failure: FailureData): void
}

export interface EngineProcess {
  state(): EngineState
  /** Starts the engine unless it runs. Rejects with Failure `engine-start-failed`. */
  start(): Promise<Provider>
  /** Sends a message. It is lost while no process runs. Throws for a message that does not fit the protocol. */
  send(message: ToEngine): void
  /** To be called when a task starts. */
  busy(): void
  /** To be called when a task ends, however it ends: crashes before it no longer count. */
  idle(): void
  /** Kills the process because it misbehaved; a new one starts. */
  kill(reason: FailureData): void
  /** Ends the engine. It can be started again. */
  stop(): Promise<void>
}

/** After so many crashes without a finished task between them, the engine is not restarted automatically any more. */
const crashLimit = 5

interface Starting {
  promise: Promise<Provider>
  resolve: (provider: Provider) => void
  reject: (failure: Failure) => void
}

export function createEngineProcess(options: EngineProcessOptions): EngineProcess {
  const { times } = options
  const log = options.onLog

  let phase: EngineState['state'] = 'stopped'
  let provider: Provider | null = null
  let crashes = 0
  let crashesInARow = 0
  let channel: EngineChannel | null = null
  let starting: Starting | null = null
  let stopping: { promise: Promise<void>; done: () => void } | null = null
  let readyTimer: NodeJS.Timeout | null = null
  let restartTimer: NodeJS.Timeout | null = null
  /** The reason why this process killed the engine, reported instead of an exit code. */
  let killedFor: FailureData | null = null

  const state = (): EngineState => ({ state: phase, provider, crashes })

  function enter(next: EngineState['state']): void {
    if (phase === next) return
    phase = next
    options.onState(state())
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
      case 'backbone-tried':
        // Only the doctor, and whoever adds a network, asks for these messages, each of an engine of its own.
        return
      default:
        options.onMessage(message)
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

  function exited(code: number | null, signal: string | null, launchError: Param): void {
    if (readyTimer !== null) clearTimeout(readyTimer)
    readyTimer = null
    channel = null
    const reason = killedFor ?? describeExit(code, signal, launchError)
    killedFor = null
    if (stopping !== null) {
      enter('stopped')
      options.onGone(stoppedFailure)
      failStart(reason)
      stopping.done()
      return
    }
    crashes += 1
    crashesInARow += 1
    log('error', failureOf(reason).message)
    const mayRestart = crashesInARow < crashLimit
    enter(mayRestart ? 'restarting' : 'failed')
    options.onGone(reason)
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
    // A caller may start the engine in advance without handling the failure; `run` will then report it.
    promise.catch(() => undefined)
    // A restart after a crash is already scheduled and will answer this start too.
    if (phase === 'restarting') return promise
    if (phase === 'failed') crashesInARow = 0
    enter('starting')
    launch()
    return promise
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
    send,
    busy: () => enter('busy'),
    idle() {
      crashesInARow = 0
      if (stopping === null) enter('ready')
    },
    kill,
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
