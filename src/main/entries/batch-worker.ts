import { batchTaskSchema } from '../services/batch-decisions.ts'
import { acceptUndecided, undoBatch } from '../store/decisions.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(batchTaskSchema, async ({ dir, ...task }) => {
  const { db, close } = attachWorkspace(dir)
  try {
    return task.kind === 'accept' ? acceptUndecided(db, task) : undoBatch(db, task)
  } finally {
    close()
  }
})
