import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { newestCurve, startCurve } from './learning-curve.ts'

export const curveHandlers = (context: HandlerContext): Pick<Handlers, 'curve.start' | 'curve.get'> => ({
  'curve.start': (request) => ({ job: startCurve(context.session(), request) }),
  'curve.get': ({ dataset }) => newestCurve(context.session().workspace, dataset),
})
