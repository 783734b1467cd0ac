import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { type CurationProposal, curationProposalSchema } from '../../../shared/curation.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import type { CurationContext } from './curation.ts'

/** What the thread is given. */
export const curationTaskSchema = z.object({ dir: z.string(), run: z.string() })

/** `proposeCuration` beside main, for the owner of the workspace. */
export function proposeInThread(
  workspace: Workspace,
  request: { run: string },
  context: CurationContext = {},
): Promise<CurationProposal> {
  const task: z.input<typeof curationTaskSchema> = { dir: workspace.dir, ...request }
  const progress = z.object({ done: z.number(), total: z.number() })
  return runInThread('curation-worker', task, { progress, result: curationProposalSchema }, context)
}
