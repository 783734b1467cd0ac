import { exportAudit } from '../services/audit.ts'
import { auditTaskSchema } from '../services/audit-in-thread.ts'
import { checkAudit } from '../store/audit.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(auditTaskSchema, async ({ dir, write }) => {
  const { db, close } = attachWorkspace(dir)
  try {
    return write === null ? checkAudit(db) : await exportAudit(db, write)
  } finally {
    close()
  }
})
