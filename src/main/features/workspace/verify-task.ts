import { z } from 'zod'
import { verifyReportSchema } from '../../../shared/workspace.ts'
import { verifyWorkspace } from '../../store/verify.ts'
import { counted, defineWorkspaceTask } from '../../threads/task.ts'

export const verifyTask = defineWorkspaceTask({
  name: 'verify',
  input: z.object({}),
  progress: counted,
  result: verifyReportSchema,
  work: (workspace, _, context) => verifyWorkspace(workspace, context),
})
