import { compareRuns } from '../../features/comparison/comparison.ts'
import { comparisonTaskSchema } from '../../features/comparison/comparison-in-thread.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(comparisonTaskSchema, async ({ dir, ...request }) => {
  const workspace = attachWorkspace(dir)
  try {
    return compareRuns(workspace, request)
  } finally {
    workspace.close()
  }
})
