import { z } from 'zod'
import { type VerifyReport, verifyReportSchema } from '../../../shared/workspace.ts'
import type { VerifyOptions } from '../../store/verify.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'

/** What the thread is given. */
export const verifyTaskSchema = z.object({ dir: z.string() })

const progressSchema = z.object({ done: z.number(), total: z.number() })

/** `verifyWorkspace` beside main, for the owner of the workspace. */
export function verifyInThread(workspace: Workspace, options: VerifyOptions = {}): Promise<VerifyReport> {
  const task: z.input<typeof verifyTaskSchema> = { dir: workspace.dir }
  return runInThread('verify-worker', task, { progress: progressSchema, result: verifyReportSchema }, options)
}
