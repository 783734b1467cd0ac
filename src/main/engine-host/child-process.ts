/** Runs the engine as a child process of Node, for the browser host and the command line. */
import { fork } from 'node:child_process'
import type { EngineChannel } from './channel.ts'

export interface ChildEngineOptions {
  /** The engine's entry file. */
  entry: string
  environment: Record<string, string>
  /** Called with what TensorFlow and the engine print, as it arrives. */
  onOutput?: (text: string) => void
}

/**
 * Flags of Node for the engine. Its numbers lie in arrays outside of JavaScript's heap. A large space for short-lived
 * objects would only be filled step by step over the first tens of thousands of tiles and never given back; with one of
 * 8 MB, had from the start, a photograph takes a tenth less of the processor than with 4 MB, and no less with more.
 * Parallel threads of the garbage collector would take another tenth from TensorFlow, which uses every core.
 */
export const engineFlags = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=8',
  '--single-threaded-gc',
] as const

export function launchChildEngine(options: ChildEngineOptions): EngineChannel {
  const child = fork(options.entry, [], {
    serialization: 'advanced',
    execPath: process.execPath,
    // A debugger's or a test runner's flags are not for the engine.
    execArgv: [...engineFlags],
    env: options.environment,
    // Ctrl-C in a terminal is sent to the whole process group. This process handles it and asks the engine to write a
    // checkpoint, so it must not kill the engine first. The engine ends when its channel to this process closes.
    detached: process.platform !== 'win32',
    windowsHide: true,
    // The engine's prints must never reach this process's standard output, which may be a JSON document.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => options.onOutput?.(text))
  }

  let ended = false
  const listeners: ((code: number | null, signal: string | null) => void)[] = []
  const end = (code: number | null, signal: string | null): void => {
    if (ended) return
    ended = true
    for (const listener of listeners) listener(code, signal)
  }
  child.once('exit', end)
  // The process could not be started or not be killed; after a failed start no `exit` event follows.
  child.on('error', (error) => {
    options.onOutput?.(`${error.message}\n`)
    if (child.pid === undefined) end(null, null)
  })

  return {
    get pid() {
      return child.pid
    },
    send(message) {
      if (!child.connected) return
      // The process may end between the check and the write; the `exit` event then reports it.
      child.send(message, () => undefined)
    },
    onMessage(listener) {
      child.on('message', listener)
    },
    onExit(listener) {
      listeners.push(listener)
    },
    kill() {
      child.kill('SIGKILL')
    },
  }
}
