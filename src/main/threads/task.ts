/**
 * A task is work for a thread, because it would block main. The feature to which it belongs defines it in a file that
 * main also imports, for its schemas and types; so `work` imports heavy modules only when it is called. What a thread
 * is given and what it sends back are plain data, checked on arrival. Every task has a line in the table of tasks
 * (`src/main/app/thread-tasks.ts`).
 */
import { z } from 'zod'
import { attachWorkspace, type Workspace, type WorkspacePlace } from '../store/workspace.ts'

/** What a thread needs to know of a task. */
export interface ThreadTask {
  readonly name: string
  perform(message: unknown, context: TaskContext<unknown>): Promise<unknown>
  /** Closes what the task keeps open between calls. */
  close?(): void
}

export interface TaskContext<P> {
  /**
   * Aborted when the caller does not want the answer any more; the work then stops at a point where nothing is left
   * incomplete.
   */
  readonly signal: AbortSignal
  /**
   * Reports progress. It may be called as often as convenient: of reports in quick succession only some, and the
   * last, are sent.
   */
  readonly onProgress: (progress: P) => void
}

/** What main needs to know of a task: how its messages are read. */
export interface ReadableTask<P, R> extends ThreadTask {
  readProgress(message: unknown): P
  readResult(message: unknown): R
}

export interface Task<I, P, R> extends ReadableTask<P, R> {
  message(input: I): unknown
}

/** A task on an open workspace, to which the thread has a database connection of its own. */
export interface WorkspaceTask<I, P, R> extends ReadableTask<P, R> {
  workspaceMessage(place: WorkspacePlace, input: I): unknown
}

/** A resident task: it answers from what it keeps in memory, in one thread as long as the workspace is open. */
export interface ResidentTask<I, R> extends ReadableTask<never, R> {
  residentMessage(place: WorkspacePlace, input: I): unknown
  close(): void
}

interface Description<I extends z.ZodType, P extends z.ZodType, R extends z.ZodType> {
  /** The name, unique among all tasks. */
  name: string
  input: I
  progress: P
  result: R
}

/** Progress of tasks that report how many of how many items are done. */
export const counted = z.object({ done: z.number(), total: z.number() })
/** Progress of tasks that report none. */
export const noProgress = z.never()

const ofWorkspace = z.object({ dir: z.string(), copy: z.string().nullable(), input: z.unknown() })

/** How main reads the messages of a task. */
const readers = <P extends z.ZodType, R extends z.ZodType>(progress: P, result: R) => ({
  readProgress: (message: unknown): z.output<P> => progress.parse(message),
  readResult: (message: unknown): z.output<R> => result.parse(message),
})

export function defineTask<I extends z.ZodType, P extends z.ZodType, R extends z.ZodType>({
  name,
  input,
  progress,
  result,
  work,
}: Description<I, P, R> & {
  work(input: z.output<I>, context: TaskContext<z.input<P>>): Promise<z.input<R>>
}): Task<z.input<I>, z.output<P>, z.output<R>> {
  return {
    name,
    ...readers(progress, result),
    message: (given) => given,
    perform: (message, context) => work(input.parse(message), context),
  }
}

/** Defines a task that gets its own connection to the workspace, which is closed however the work ends. */
export function defineWorkspaceTask<I extends z.ZodType, P extends z.ZodType, R extends z.ZodType>({
  name,
  input,
  progress,
  result,
  work,
}: Description<I, P, R> & {
  work(workspace: Workspace, input: z.output<I>, context: TaskContext<z.input<P>>): Promise<z.input<R>>
}): WorkspaceTask<z.input<I>, z.output<P>, z.output<R>> {
  return {
    name,
    ...readers(progress, result),
    workspaceMessage: ({ dir, copy }, given) => ({ dir, copy, input: given }),
    async perform(message, context) {
      const { dir, copy, input: given } = ofWorkspace.parse(message)
      const workspace = attachWorkspace(dir, { copy })
      try {
        return await work(workspace, input.parse(given), context)
      } finally {
        workspace.close()
      }
    },
  }
}

/**
 * Defines a resident task. The thread opens what it answers from at the first call, and closes it when the session
 * ends.
 */
export function defineResidentTask<I extends z.ZodType, R extends z.ZodType>({
  name,
  input,
  result,
  open,
}: Omit<Description<I, z.ZodNever, R>, 'progress'> & {
  open(workspace: Workspace): Promise<(input: z.output<I>) => z.input<R>>
}): ResidentTask<z.input<I>, z.output<R>> {
  let opened: { workspace: Workspace; answer: (input: z.output<I>) => z.input<R> } | null = null
  return {
    name,
    ...readers(noProgress, result),
    residentMessage: ({ dir, copy }, given) => ({ dir, copy, input: given }),
    async perform(message) {
      const { dir, copy, input: given } = ofWorkspace.parse(message)
      if (opened === null) {
        const workspace = attachWorkspace(dir, { copy })
        opened = { workspace, answer: await open(workspace) }
      }
      return opened.answer(input.parse(given))
    },
    close() {
      opened?.workspace.close()
      opened = null
    },
  }
}
