import { verifyTaskSchema } from '../../features/workspace/verify-in-thread.ts'
import { verifyWorkspace } from '../../store/verify.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(verifyTaskSchema, async ({ dir }, context) => {
  const workspace = attachWorkspace(dir)
  try {
    return await verifyWorkspace(workspace, context)
  } finally {
    workspace.close()
  }
})
