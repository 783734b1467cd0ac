/**
 * The wire to an engine process, whatever kind of process it is: a child_process in the browser host and
 * on the command line, a utilityProcess in Electron. Messages are structured clones, so that Float32Array
 * arrives as Float32Array.
 */
import type { ToEngine } from '../engine/protocol.ts'

export interface EngineChannel {
  /** Undefined until the process runs. */
  readonly pid: number | undefined
  /** Never throws: what is sent to a process that is gone is lost, and `onExit` says that it is gone. */
  send(message: ToEngine): void
  /** What arrives is unchecked. */
  onMessage(listener: (message: unknown) => void): void
  /** Called once, also when the process could not be started (both null then). */
  onExit(listener: (code: number | null, signal: string | null) => void): void
  /** Ends the process at once, without a chance to clean up. */
  kill(): void
}

/** Starts an engine process. `onOutput` hears what TensorFlow and the engine print. */
export type LaunchEngine = (onOutput: (text: string) => void) => EngineChannel
