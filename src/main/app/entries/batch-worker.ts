import { batchTaskSchema } from '../../features/review/batch-decisions.ts'
import { acceptUndecided, undoBatch } from '../../store/decisions.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(batchTaskSchema, async ({ dir, ...task }) => {
  const { db, close } = attachWorkspace(dir)
  try {
    return task.kind === 'accept' ? acceptUndecided(db, task) : undoBatch(db, task)
  } finally {
    close()
  }
})
