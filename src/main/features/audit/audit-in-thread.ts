import { z } from 'zod'
import { type AuditCheck, auditCheckSchema, auditFilterSchema } from '../../../shared/audit.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import type { AuditExport } from './export-audit.ts'

/** What the thread is given: `write` null for a check of the chain. */
export const auditTaskSchema = z.object({
  dir: z.string(),
  write: z
    .object({ filter: auditFilterSchema, format: z.enum(['csv', 'json']), folder: z.string() })
    .nullable(),
})
type Task = z.input<typeof auditTaskSchema>

const nothing = z.unknown()

/** Follows the whole chain beside main. */
export function checkAuditInThread({ dir }: Workspace): Promise<AuditCheck> {
  const task: Task = { dir, write: null }
  return runInThread('audit-worker', task, { progress: nothing, result: auditCheckSchema })
}

/** Writes the rows beside main; that they were handed out is told by a row of its own. */
export async function exportAuditInThread(
  { dir, db }: Workspace,
  write: AuditExport,
  operator: string | null,
): Promise<{ file: string; rows: number }> {
  const task: Task = { dir, write }
  const result = z.object({ file: z.string(), rows: z.int() })
  const written = await runInThread('audit-worker', task, { progress: nothing, result })
  recordAudit(db, {
    action: 'export.written',
    operator,
    detail: { what: 'audit', file: written.file, rows: written.rows },
  })
  return written
}
