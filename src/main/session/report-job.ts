import { jsonObjectSchema } from '../../shared/values.ts'
import type { JobContext, JobEnd } from '../jobs/jobs.ts'
import { endOfStoppedWork } from '../jobs/stopped-work.ts'
import { secondsLeft } from '../platform/seconds-left.ts'
import type { Workspace } from '../store/workspace.ts'
import { runWorkspaceTask } from '../threads/run-task.ts'
import type { WorkspaceTask } from '../threads/task.ts'

/**
 * The work of a job that consists of one thread task, and whose result is the report that the task comes to.
 * @param phase the name of the work where its progress is shown
 */
export async function reportByTask<I, R>(
  workspace: Workspace,
  task: WorkspaceTask<I, { done: number; total: number }, R>,
  input: I,
  phase: string,
  { signal, progress }: JobContext,
): Promise<JobEnd> {
  const started = performance.now()
  try {
    const report = await runWorkspaceTask(workspace, task, input, {
      signal,
      onProgress: ({ done, total }) =>
        progress({ phase, done, total, secondsLeft: secondsLeft(started, done, total), paused: false }),
    })
    return { state: 'done', result: jsonObjectSchema.parse(report) }
  } catch (error) {
    return endOfStoppedWork(error, 'cancelled', signal)
  }
}
