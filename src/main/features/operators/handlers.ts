import type { SignedInOperator } from '../../../shared/operator.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import type { Database } from '../../store/database.ts'
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
  /** Who proved to be somebody in one workspace is nobody in another that was opened meanwhile. */
  async function entered(
    prove: (of: Database) => Promise<Proven>,
    caller: string,
  ): Promise<SignedInOperator> {
    const of = db()
    const proven = await prove(of)
    signedIn.enter(of, caller, proven)
    return { ...proven.operator, pinIsShort: proven.pinIsShort }
  }
  return {
    'operator.list': () => listOperators(db()),
    'operator.signIn': (request, caller = 'host') => entered((of) => signIn.byName(of, request), caller),
    'operator.badgeIn': (request, caller = 'host') => entered((of) => signIn.byBadge(of, request), caller),
    'operator.signOut': ({ name }, caller = 'host') => {
      signedIn.leave(db(), caller, name)
      return {}
    },
    'operator.isSignedIn': ({ name }, caller = 'host') => ({
      isSignedIn: signedIn.mayAct(db(), caller, name),
      pinIsShort: signedIn.pinIsShort(db(), caller, name),
    }),
    'operator.secure': (request, caller = 'host') => entered((of) => signIn.secure(of, request), caller),
    'operator.release': ({ name, operator = null }) => releaseOperator(db(), name, operator),
    'operator.remove': ({ name, operator = null }) => {
      removeOperator(db(), name, operator)
      context.session().events.emit('removed.changed', {})
      return {}
    },
    'operator.rename': ({ name, newName }) => renameOperator(db(), name, newName),
  }
}
