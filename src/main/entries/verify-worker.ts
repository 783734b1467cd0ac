import { verifyWorkspace } from '../store/verify.ts'
import { verifyTaskSchema } from '../store/verify-in-thread.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(verifyTaskSchema, async ({ dir }, context) => {
  const workspace = attachWorkspace(dir)
  try {
    return await verifyWorkspace(workspace, context)
  } finally {
    workspace.close()
  }
})
