/** Holds the calls of windows to what the contract says of who may do what. */
import { z } from 'zod'
import { acts, isPersonalSetting, isPossibleReadOnly } from '../../shared/acts.ts'
import type { CallName } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import { operatorOf } from '../contract/dispatch.ts'
import type { SignedIn } from '../features/operators/sign-in.ts'
import { hasOperators } from '../store/operators.ts'
import type { Workspace } from '../store/workspace.ts'

const setting = z.object({ key: z.string() })

const isOfWindow = (name: CallName, input: unknown): boolean =>
  name === 'setting.set' && isPersonalSetting(setting.parse(input).key)

/**
 * As long as a workspace has no operators, a call may name nobody. From the first operator on, somebody answers for
 * each change, and has signed in at the window where they have a PIN. In a workspace that is read-only nobody changes
 * anything, and nobody answers for it.
 * @param signInRequired also before there is an operator, where the administrator set it
 * @throws Failure `operator-needed`, `not-signed-in`, `workspace-read-only`
 */
export function admitCall(
  { db, dir, copy }: Pick<Workspace, 'db' | 'dir' | 'copy'>,
  signedIn: SignedIn,
  { name, input, caller }: { name: CallName; input: unknown; caller: string },
  signInRequired = false,
): void {
  if (isOfWindow(name, input)) return
  if (copy !== null) {
    if (isPossibleReadOnly(name)) return
    throw new Failure('workspace-read-only', { case: 'opened', folder: dir })
  }
  const operator = operatorOf(name, input)
  if (operator !== null) {
    signedIn.require(db, caller, operator)
    return
  }
  const act = acts[name]
  if (act.does !== 'changes' || act.by !== 'operator') return
  if (signInRequired || hasOperators(db)) throw new Failure('operator-needed')
}
