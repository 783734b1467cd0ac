/**
 * Main's side of tasks that are done and over with. They share some threads, which end by themselves soon after the
 * last task and do not keep the process.
 */
import type { Workspace } from '../store/workspace.ts'
import type { Task, WorkspaceTask } from './task.ts'
import { createThreadPool, type RunOptions } from './thread-pool.ts'

/**
 * Threads at the same time. Jobs that read files wait for each other, and so do those for the engine, so most of
 * these are for what a window waits for: however long an import takes, a label is saved beside it.
 */
const maxThreads = 8
/** Long enough for the next label that somebody draws to find a thread that has loaded everything. */
const idleTimeout = 10_000

const threads = createThreadPool({ maxThreads, idleTimeout })

/** @throws Failure what the task throws, or `thread-died` */
export const runTask = <I, P, R>(task: Task<I, P, R>, input: I, options?: RunOptions<P>): Promise<R> =>
  threads.run(task, task.message(input), options)

/** @throws Failure what the task throws, or `thread-died` */
export const runWorkspaceTask = <I, P, R>(
  { dir }: Pick<Workspace, 'dir'>,
  task: WorkspaceTask<I, P, R>,
  input: I,
  options?: RunOptions<P>,
): Promise<R> => threads.run(task, task.workspaceMessage(dir, input), options)
