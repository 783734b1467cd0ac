import type { Operator } from '../../../shared/operator.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { listOperators } from '../../store/operators.ts'
import { createSignIn, type SignedIn } from './sign-in.ts'

export function operatorHandlers(
  context: HandlerContext,
  signedIn: SignedIn,
): Pick<
  Handlers,
  | 'operator.list'
  | 'operator.signIn'
  | 'operator.badgeIn'
  | 'operator.signOut'
  | 'operator.isSignedIn'
  | 'operator.secure'
> {
  const signIn = createSignIn()
  const db = () => context.session().workspace.db
  async function entered(proven: Promise<Operator>, caller: string): Promise<Operator> {
    const operator = await proven
    signedIn.enter(db(), caller, operator)
    return operator
  }
  return {
    'operator.list': () => listOperators(db()),
    'operator.signIn': (request, caller = 'host') => entered(signIn.byName(db(), request), caller),
    'operator.badgeIn': (request, caller = 'host') => entered(signIn.byBadge(db(), request), caller),
    'operator.signOut': ({ name }, caller = 'host') => {
      signedIn.leave(db(), caller, name)
      return {}
    },
    'operator.isSignedIn': ({ name }, caller = 'host') => ({
      isSignedIn: signedIn.mayAct(db(), caller, name),
    }),
    'operator.secure': (request, caller = 'host') => entered(signIn.secure(db(), request), caller),
  }
}
