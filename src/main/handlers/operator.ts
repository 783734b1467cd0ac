import type { Handlers } from '../contract/dispatch.ts'
import { listOperators, signIn } from '../store/operators.ts'
import type { HandlerContext } from './context.ts'

export const operatorHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'operator.list' | 'operator.signIn'> => ({
  'operator.list': () => listOperators(context.session().workspace.db),
  'operator.signIn': ({ name }) => signIn(context.session().workspace.db, name),
})
