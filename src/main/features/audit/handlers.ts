import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { countAudit, listAudit } from '../../store/audit.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { checkAuditTask, handOutAudit } from './audit-tasks.ts'
import { namedRows } from './named-rows.ts'

export const auditHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'audit.list' | 'audit.check' | 'audit.export'> => ({
  'audit.list': ({ filter, offset, limit }) => {
    const { db } = context.session().workspace
    return { total: countAudit(db, filter), entries: namedRows(db, listAudit(db, filter, { offset, limit })) }
  },
  'audit.check': ({ head }) => runWorkspaceTask(context.session().workspace, checkAuditTask, { head }),
  'audit.export': ({ filter, format, folder, operator }) =>
    handOutAudit(context.session().workspace, { filter, format, folder }, operator),
})
