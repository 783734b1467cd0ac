/** Thread tasks over the whole audit: checking its chain of hashes and exporting it. */
import { z } from 'zod'
import { auditCheckSchema, auditFilterSchema } from '../../../shared/audit.ts'
import { sha256Schema } from '../../../shared/values.ts'
import { recordAudit } from '../../store/audit.ts'
import { checkAudit } from '../../store/audit-check.ts'
import { requireOutside, type Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'
import type { AuditExport } from './export-audit.ts'

/** Checks the whole chain of hashes and the signatures, and compares what is stored with what its rows tell. */
export const checkAuditTask = defineWorkspaceTask({
  name: 'check-audit',
  input: z.object({ head: sha256Schema.nullable() }),
  progress: noProgress,
  result: auditCheckSchema,
  work: ({ db }, { head }) => checkAudit(db, head),
})

export const exportAuditTask = defineWorkspaceTask({
  name: 'export-audit',
  input: z.object({ filter: auditFilterSchema, format: z.enum(['csv', 'json']), folder: z.string() }),
  progress: noProgress,
  result: z.object({ file: z.string(), rows: z.int() }),
  async work(workspace, request) {
    const { exportAudit } = await import('./export-audit.ts')
    requireOutside(workspace, request.folder)
    return exportAudit(workspace.db, request)
  },
})

/** Exports the rows in a thread. The export is itself recorded as a row of the audit. */
export async function handOutAudit(
  workspace: Workspace,
  request: AuditExport,
  operator: string | null,
): Promise<{ file: string; rows: number }> {
  const written = await runWorkspaceTask(workspace, exportAuditTask, request)
  recordAudit(workspace.db, {
    action: 'export.written',
    operator,
    detail: { what: 'audit', file: written.file, rows: written.rows },
  })
  return written
}
