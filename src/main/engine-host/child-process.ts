/** An engine as a child of this process: the browser host's and the command line's way. */
import { fork } from 'node:child_process'
import type { EngineChannel } from './channel.ts'

export interface ChildEngineOptions {
  /** The engine's entry file. */
  entry: string
  environment: Record<string, string>
  /** What TensorFlow and the engine print, in pieces as they come. */
  onOutput?: (text: string) => void
}

/**
 * The engine's numbers lie in arrays outside JavaScript's heap. Room for many short-lived objects would only be
 * taken, step by step, over the first tens of thousands of tiles, and kept. Threads that collect garbage beside
 * the program would take a tenth of the processor from TensorFlow, which uses every core.
 */
const engineFlags = ['--max-semi-space-size=4', '--single-threaded-gc']

export function launchChildEngine(options: ChildEngineOptions): EngineChannel {
  const child = fork(options.entry, [], {
    serialization: 'advanced',
    execPath: process.execPath,
    // A debugger's or a test runner's flags are not for the engine.
    execArgv: engineFlags,
    env: options.environment,
    // Ctrl-C in a terminal goes to its whole process group. This process hears it and asks the engine to
    // write a checkpoint; the engine must not die of it first. It ends when the channel to here closes.
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
  // Not started, or not killable; after a failed start no exit follows.
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
      // Between the check and the write the process may go; `exit` tells about it.
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
