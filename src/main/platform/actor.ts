/**
 * Who is acting: the operator in whose name a call, a command, a job or a thread's task is being done. It belongs to
 * the asynchronous context, so that every row of the audit has the name, also one that is written long after the call.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const acting = new AsyncLocalStorage<string | null>()

/** The name of who is acting; null where nobody is known, or where Fanoscope acts by itself. */
export const actor = (): string | null => acting.getStore() ?? null

/** Does something in somebody's name, with all that follows from it. Null: in nobody's. */
export const actAs = <T>(operator: string | null, act: () => T): T => acting.run(operator, act)
