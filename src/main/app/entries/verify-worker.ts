import { verifyTaskSchema } from '../../features/workspace/verify-task.ts'
import { verifyWorkspace } from '../../store/verify.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/thread-pool.ts'

serveThread(verifyTaskSchema, async ({ dir }, context) => {
  const workspace = attachWorkspace(dir)
  try {
    return await verifyWorkspace(workspace, context)
  } finally {
    workspace.close()
  }
})
