import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { countDeposits } from '../../store/deposits.ts'
import { followIntake, intakeStateOf } from './keep-intake.ts'
import { makeToken, tokenMadeAt } from './token.ts'

export const intakeHandlers = (context: HandlerContext): Pick<Handlers, 'intake.state' | 'intake.token'> => ({
  async 'intake.state'() {
    const session = context.session()
    await followIntake(session)
    const { db } = session.workspace
    return { ...intakeStateOf(session), tokenMadeAt: tokenMadeAt(db), waiting: countDeposits(db) }
  },
  'intake.token'({ operator = null }) {
    const session = context.session()
    const token = makeToken(session.workspace.db, operator)
    session.events.emit('intake.changed', {})
    return { token }
  },
})
