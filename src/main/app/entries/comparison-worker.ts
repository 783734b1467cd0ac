import { compareRuns } from '../../features/comparison/comparison.ts'
import { comparisonTaskSchema } from '../../features/comparison/comparison-task.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/thread-pool.ts'

serveThread(comparisonTaskSchema, async ({ dir, ...request }) => {
  const workspace = attachWorkspace(dir)
  try {
    return compareRuns(workspace, request)
  } finally {
    workspace.close()
  }
})
