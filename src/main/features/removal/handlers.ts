import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { dependentsOf, listRemoved, putBack, remove } from './removing.ts'

export const removalHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  'dataset.remove' | 'run.remove' | 'removed.list' | 'removed.dependents' | 'removed.putBack'
> => ({
  'dataset.remove': ({ dataset, operator }) => {
    remove(context.session(), 'dataset', dataset, operator)
    return {}
  },
  'run.remove': ({ run, operator }) => {
    remove(context.session(), 'run', run, operator)
    return {}
  },
  'removed.list': () => listRemoved(context.session().workspace.db),
  'removed.dependents': ({ kind, id }) => dependentsOf(context.session().workspace.db, kind, id),
  'removed.putBack': ({ kind, id, operator }) => putBack(context.session(), kind, id, operator),
})
