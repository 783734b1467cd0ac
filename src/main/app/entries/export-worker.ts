import { exportRequestSchema } from '../../features/export/write-in-thread.ts'
import { writeTables } from '../../features/export/write-tables.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(exportRequestSchema, async ({ dir, ...request }, { onProgress }) => {
  const workspace = attachWorkspace(dir)
  try {
    return await writeTables(workspace, request, (done, total) => onProgress({ done, total }))
  } finally {
    workspace.close()
  }
})
