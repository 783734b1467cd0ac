import { compareRuns } from '../services/comparison.ts'
import { comparisonTaskSchema } from '../services/comparison-in-thread.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(comparisonTaskSchema, async ({ dir, ...request }) => {
  const workspace = attachWorkspace(dir)
  try {
    return compareRuns(workspace, request)
  } finally {
    workspace.close()
  }
})
