import { exportRequestSchema } from '../export/write-in-thread.ts'
import { writeTables } from '../export/write-tables.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(exportRequestSchema, async ({ dir, ...request }, { onProgress }) => {
  const workspace = attachWorkspace(dir)
  try {
    return await writeTables(workspace, request, (done, total) => onProgress({ done, total }))
  } finally {
    workspace.close()
  }
})
