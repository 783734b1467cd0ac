import type { Handlers } from '../contract/dispatch.ts'
import { readLog } from '../services/read-log.ts'
import type { HandlerContext } from './context.ts'

export const logHandlers = (context: HandlerContext): Pick<Handlers, 'log.list'> => ({
  'log.list': (query) => readLog(context.session().workspace.paths.logs, query),
})
