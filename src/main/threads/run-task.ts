/**
 * Runs tasks in threads, from main. Several threads are shared by all tasks; they end soon after the last task and do
 * not keep the process alive.
 */
import type { WorkspacePlace } from '../store/workspace.ts'
import type { Task, WorkspaceTask } from './task.ts'
import { createThreadPool, type RunOptions } from './thread-pool.ts'

/**
 * The most threads at the same time. At most one job that reads files and one that uses the engine run at a time, so
 * most of these threads are for work that a window waits for: a label is saved at once however long an import takes.
 */
const maxThreads = 8
/**
 * Milliseconds after which an unused thread ends; long enough that the next label that somebody draws finds a thread
 * with everything loaded.
 */
const idleTimeout = 10_000

const threads = createThreadPool({ maxThreads, idleTimeout })

/** @throws Failure what the task throws, or `thread-died` */
export const runTask = <I, P, R>(task: Task<I, P, R>, input: I, options?: RunOptions<P>): Promise<R> =>
  threads.run(task, task.message(input), options)

/** @throws Failure what the task throws, or `thread-died` */
export const runWorkspaceTask = <I, P, R>(
  workspace: WorkspacePlace,
  task: WorkspaceTask<I, P, R>,
  input: I,
  options?: RunOptions<P>,
): Promise<R> => threads.run(task, task.workspaceMessage(workspace, input), options)
