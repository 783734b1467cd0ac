/**
 * Threads that stay alive as long as a workspace is open, one for each resident task, and answer from what they keep
 * in memory.
 */
import type { WorkspacePlace } from '../store/workspace.ts'
import type { ResidentTask } from './task.ts'
import { createThreadPool, type ThreadPool } from './thread-pool.ts'

export interface SessionThreads {
  /**
   * Asks a task. Its thread starts with the first question, and again after it died.
   * @throws Failure what the task throws, or `thread-died`
   */
  ask<I, R>(task: ResidentTask<I, R>, input: I): Promise<R>
  /** Ends the threads; earlier calls are answered first. */
  close(): Promise<void>
}

/** @param file the thread's program, as `createThreadPool` takes it */
export function createSessionThreads(workspace: WorkspacePlace, file?: URL): SessionThreads {
  const pools = new Map<string, ThreadPool>()
  return {
    ask(task, input) {
      const pool =
        pools.get(task.name) ??
        createThreadPool({ maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY }, file)
      pools.set(task.name, pool)
      return pool.run(task, task.residentMessage(workspace, input))
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close({ holding: true })))
      pools.clear()
    },
  }
}
