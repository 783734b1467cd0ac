import { exportRequestSchema } from '../../features/export/table-task.ts'
import { writeTables } from '../../features/export/write-tables.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/thread-pool.ts'

serveThread(exportRequestSchema, async ({ dir, ...request }, { onProgress }) => {
  const workspace = attachWorkspace(dir)
  try {
    return await writeTables(workspace, request, (done, total) => onProgress({ done, total }))
  } finally {
    workspace.close()
  }
})
