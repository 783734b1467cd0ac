import { z } from 'zod'
import { type VerifyReport, verifyReportSchema } from '../../shared/domain.ts'
import type { VerifyOptions } from './verify.ts'
import { runInThread } from './worker.ts'
import type { Workspace } from './workspace.ts'

/** What the thread is given. */
export const verifyTaskSchema = z.object({ dir: z.string() })

const progressSchema = z.object({ done: z.number(), total: z.number() })

/** `verifyWorkspace` beside main, for the owner of the workspace. */
export function verifyInThread(workspace: Workspace, options: VerifyOptions = {}): Promise<VerifyReport> {
  const task: z.input<typeof verifyTaskSchema> = { dir: workspace.dir }
  return runInThread('verify-worker', task, { progress: progressSchema, result: verifyReportSchema }, options)
}
