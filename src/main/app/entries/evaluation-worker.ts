import { evaluateRun } from '../../features/scoring/evaluation.ts'
import { evaluationTaskSchema } from '../../features/scoring/evaluation-in-thread.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

/** Milliseconds between two messages to main, at least. */
const progressInterval = 100

serveThread(evaluationTaskSchema, async ({ dir, ...request }, { signal, onProgress }) => {
  const workspace = attachWorkspace(dir)
  let sent = 0
  try {
    return await evaluateRun(workspace, request, {
      signal,
      onProgress(progress) {
        const now = performance.now()
        if (progress.done < progress.total && now - sent < progressInterval) return
        sent = now
        onProgress(progress)
      },
    })
  } finally {
    workspace.close()
  }
})
