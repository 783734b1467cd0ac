import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { startExport } from './exporting.ts'

export const exportHandlers = (context: HandlerContext): Pick<Handlers, 'export.start'> => ({
  'export.start': (request) => startExport(context.session(), request),
})
