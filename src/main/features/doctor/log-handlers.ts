import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { readLog } from './read-log.ts'

export const logHandlers = (context: HandlerContext): Pick<Handlers, 'log.list'> => ({
  'log.list': (query) => readLog(context.session().workspace.paths.logs, query),
})
