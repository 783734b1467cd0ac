import { auditTaskSchema } from '../../features/audit/audit-in-thread.ts'
import { exportAudit } from '../../features/audit/export-audit.ts'
import { checkAudit } from '../../store/audit.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(auditTaskSchema, async ({ dir, write }) => {
  const { db, close } = attachWorkspace(dir)
  try {
    return write === null ? checkAudit(db) : await exportAudit(db, write)
  } finally {
    close()
  }
})
