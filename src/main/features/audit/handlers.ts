import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { countAudit, listAudit } from '../../store/audit.ts'
import { checkAuditInThread, exportAuditInThread } from './audit-in-thread.ts'

export const auditHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'audit.list' | 'audit.check' | 'audit.export'> => ({
  'audit.list': ({ filter, offset, limit }) => {
    const { db } = context.session().workspace
    return { total: countAudit(db, filter), entries: listAudit(db, filter, { offset, limit }) }
  },
  'audit.check': () => checkAuditInThread(context.session().workspace),
  'audit.export': ({ filter, format, folder, operator }) =>
    exportAuditInThread(context.session().workspace, { filter, format, folder }, operator),
})
