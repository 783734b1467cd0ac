import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { carryOverOf, newestChoice, startChoice, untestedRuns } from './choosing.ts'

export const choiceHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'choice.start' | 'choice.get' | 'choice.untested' | 'choice.carryOver'> => ({
  'choice.start': (request) => ({ job: startChoice(context.session(), request) }),
  'choice.get': ({ run }) => newestChoice(context.session().workspace, run),
  'choice.untested': ({ job }) => ({ runs: untestedRuns(context.session().workspace, job) }),
  'choice.carryOver': ({ job }) => carryOverOf(context.session().workspace, job),
})
