/**
 * The connection to an engine process, which is a child_process in the browser host and on the command line, and a
 * utilityProcess in Electron. Messages are structured clones, so a Float32Array arrives as a Float32Array.
 */
import type { ToEngine } from '../engine/protocol.ts'

export interface EngineChannel {
  /** The process id; undefined until the process runs. */
  readonly pid: number | undefined
  /** Sends a message. Never throws: a message to a process that has ended is lost, and `onExit` reports the end. */
  send(message: ToEngine): void
  /** Called with each message, which has not been checked. */
  onMessage(listener: (message: unknown) => void): void
  /** Called once when the process ends, also when it could not be started (then both values are null). */
  onExit(listener: (code: number | null, signal: string | null) => void): void
  /** Ends the process at once, without a chance to clean up. */
  kill(): void
}

/** Starts an engine process. `onOutput` is called with what TensorFlow and the engine print. */
export type LaunchEngine = (onOutput: (text: string) => void) => EngineChannel
