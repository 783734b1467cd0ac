/**
 * A task is work that a thread does, because it would hold main up. The feature that it belongs to defines it in a
 * file of its own, which main imports for the schemas and types; so `work` imports what is heavy when it is called.
 * What a thread is given and what it sends back are plain data, checked on arrival. Every task has a line in the table
 * of tasks (`src/main/app/thread-tasks.ts`).
 */
import { z } from 'zod'
import { attachWorkspace, type Workspace } from '../store/workspace.ts'

/** The thread's view of a task. */
export interface ThreadTask {
  readonly name: string
  perform(message: unknown, context: TaskContext<unknown>): Promise<unknown>
  /** Lets go of what the task holds from call to call. */
  close?(): void
}

export interface TaskContext<P> {
  /** Aborted when whoever asked does not want the answer any more; the work stops where nothing is left half done. */
  readonly signal: AbortSignal
  /** May be called as often as is convenient: what comes too fast is left out, except the last. */
  readonly onProgress: (progress: P) => void
}

/** Main's view of a task: how its messages are read. */
export interface ReadableTask<P, R> extends ThreadTask {
  readProgress(message: unknown): P
  readResult(message: unknown): R
}

export interface Task<I, P, R> extends ReadableTask<P, R> {
  message(input: I): unknown
}

/** A task on an open workspace, to which the thread has a database connection of its own. */
export interface WorkspaceTask<I, P, R> extends ReadableTask<P, R> {
  workspaceMessage(dir: string, input: I): unknown
}

/** A task that keeps in memory what it answers from, in one thread for as long as the workspace is open. */
export interface ResidentTask<I, R> extends ReadableTask<never, R> {
  residentMessage(dir: string, input: I): unknown
  close(): void
}

interface Description<I extends z.ZodType, P extends z.ZodType, R extends z.ZodType> {
  /** Of all tasks, this one alone has it. */
  name: string
  input: I
  progress: P
  result: R
}

/** For tasks that tell how many of how many are done. */
export const counted = z.object({ done: z.number(), total: z.number() })
/** For tasks that tell nothing before they are done. */
export const noProgress = z.never()

const ofWorkspace = z.object({ dir: z.string(), input: z.unknown() })

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

/** The thread attaches to the workspace, and lets go of it however the work ends. */
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
    workspaceMessage: (dir, given) => ({ dir, input: given }),
    async perform(message, context) {
      const { dir, input: given } = ofWorkspace.parse(message)
      const workspace = attachWorkspace(dir)
      try {
        return await work(workspace, input.parse(given), context)
      } finally {
        workspace.close()
      }
    },
  }
}

/** The thread opens what it answers from at the first call, and closes it when the session ends. */
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
    residentMessage: (dir, given) => ({ dir, input: given }),
    async perform(message) {
      const { dir, input: given } = ofWorkspace.parse(message)
      if (opened === null) {
        const workspace = attachWorkspace(dir)
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
