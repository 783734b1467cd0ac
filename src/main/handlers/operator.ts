import type { Handlers } from '../contract/dispatch.ts'
import { createSignIn } from '../services/sign-in.ts'
import { listOperators } from '../store/operators.ts'
import type { HandlerContext } from './context.ts'

export function operatorHandlers(
  context: HandlerContext,
): Pick<Handlers, 'operator.list' | 'operator.signIn' | 'operator.badgeIn' | 'operator.secure'> {
  const signIn = createSignIn()
  const db = () => context.session().workspace.db
  return {
    'operator.list': () => listOperators(db()),
    'operator.signIn': (request) => signIn.byName(db(), request),
    'operator.badgeIn': (request) => signIn.byBadge(db(), request),
    'operator.secure': (request) => signIn.secure(db(), request),
  }
}
