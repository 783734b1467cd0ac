/** Runs the engine in a utility process of Electron. */
import type { EngineChannel } from '../engine-host/channel.ts'

/** The part of Electron's UtilityProcess that is used here. */
export interface UtilityChild {
  readonly pid: number | undefined
  readonly stdout: NodeJS.ReadableStream | null
  readonly stderr: NodeJS.ReadableStream | null
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
  kill(): boolean
}

export interface UtilityEngineOptions {
  fork: (
    modulePath: string,
    args: string[],
    options: { env: Record<string, string>; serviceName: string; stdio: ['ignore', 'pipe', 'pipe'] },
  ) => UtilityChild
  /** The engine's entry, bundled. */
  entry: string
  environment: Record<string, string>
  /** Called with what TensorFlow and the engine print, as it arrives. */
  onOutput?: (text: string) => void
  /** `process.kill` of Node, which ends the process immediately, unlike Electron's `kill`. */
  kill?: (pid: number, signal: 'SIGKILL') => void
}

export function launchUtilityEngine(options: UtilityEngineOptions): EngineChannel {
  const { fork, entry, environment, onOutput, kill = process.kill } = options
  const child = fork(entry, [], {
    env: environment,
    serviceName: 'Fanoscope engine',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => onOutput?.(text))
  }
  let ended = false
  let exitCode = 0
  child.once('exit', (code) => {
    ended = true
    exitCode = code
  })

  return {
    get pid() {
      return child.pid
    },
    send(message) {
      if (!ended) child.postMessage(message)
    },
    onMessage(listener) {
      child.on('message', listener)
    },
    onExit(listener) {
      // Electron does not report the signal: on POSIX, the exit code of a killed process is the number of the signal.
      // One that ended before anybody asked says so nevertheless.
      if (ended) queueMicrotask(() => listener(exitCode, null))
      else child.once('exit', (code) => listener(code, null))
    },
    kill() {
      if (ended) return
      if (child.pid === undefined) child.kill()
      else kill(child.pid, 'SIGKILL')
    },
  }
}
