import { z } from 'zod'
import { curationProposalSchema } from '../../../shared/curation.ts'
import { counted, defineWorkspaceTask } from '../../threads/task.ts'

export const proposeCurationTask = defineWorkspaceTask({
  name: 'propose-curation',
  input: z.object({ run: z.string() }),
  progress: counted,
  result: curationProposalSchema,
  async work(workspace, request, { onProgress }) {
    const { proposeCuration } = await import('./curation.ts')
    return proposeCuration(workspace, request, { onProgress })
  },
})
