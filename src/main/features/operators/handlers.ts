import type { SignedInOperator } from '../../../shared/operator.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { listOperators, renameOperator } from '../../store/operators.ts'
import { removeOperator } from '../../store/removed-operators.ts'
import { createSignIn, type Proven, releaseOperator, type SignedIn } from './sign-in.ts'

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
  | 'operator.release'
  | 'operator.rename'
  | 'operator.remove'
> {
  const signIn = createSignIn()
  const db = () => context.session().workspace.db
  async function entered(entering: Promise<Proven>, caller: string): Promise<SignedInOperator> {
    const proven = await entering
    signedIn.enter(db(), caller, proven)
    return { ...proven.operator, pinIsShort: proven.pinIsShort }
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
      pinIsShort: signedIn.pinIsShort(db(), caller, name),
    }),
    'operator.secure': (request, caller = 'host') => entered(signIn.secure(db(), request), caller),
    'operator.release': ({ name, operator = null }) => releaseOperator(db(), name, operator),
    'operator.remove': ({ name, operator = null }) => {
      removeOperator(db(), name, operator)
      context.session().events.emit('removed.changed', {})
      return {}
    },
    'operator.rename': ({ name, newName }) => renameOperator(db(), name, newName),
  }
}
