/**
 * Every call of a window to main passes through here. The name and the input are checked against the contract before
 * the handler runs, and its answer afterwards. Both hosts use this gate, so they answer alike.
 */
import { z } from 'zod'
import { acts } from '../../shared/acts.ts'
import {
  type CallArguments,
  type CallName,
  type CallOutput,
  calls,
  type EventName,
  type EventPayload,
  events,
} from '../../shared/contract.ts'
import { Failure, type FailureData, failureData, failureOf } from '../../shared/failure.ts'
import type { Param } from '../../shared/messages/message.ts'
import { actionableError } from '../platform/actionable-error.ts'
import { actAs } from '../platform/actor.ts'
import { unusableInput } from './unusable-input.ts'

/** The handler of each call. A handler gets checked input with its defaults filled in. */
export type Handlers = {
  [N in CallName]: (input: CallArguments<N>, caller?: string) => CallOutput<N> | Promise<CallOutput<N>>
}

/** The caller: a window of the host, identified by a unique name. */
export interface Caller {
  caller: string
  /**
   * Called with the checked input before the handler.
   * @throws Failure where this caller may not make the call
   */
  admit?: ((name: CallName, input: unknown, caller: string) => void) | undefined
}

/** An answer as it is sent to a window. Errors are data in it, because neither IPC nor JSON can carry a whole Error. */
export type Answer = { ok: true; value: unknown } | { ok: false; failure: FailureData }

/** Called with defects of Fanoscope, about which the person at the window can do nothing. */
export type ReportDefect = (message: string, cause: unknown) => void

// The same object as `calls`, typed so that the input schema of a call belongs to the handler of the same call.
const schemas: { [N in CallName]: { input: z.ZodType<CallArguments<N>>; output: z.ZodType<CallOutput<N>> } } =
  calls
const eventSchemas: { [N in EventName]: z.ZodType<EventPayload<N>> } = events

/** Own properties only, because `constructor` and `__proto__` are no calls. */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name)
}

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}

/**
 * Answers a call. Never throws: `unknown-call`, `bad-input` and `text-malformed` (which name the field) and every
 * Failure of a handler are returned as data. `bad-output` is a defect of Fanoscope and is reported as such.
 */
export async function dispatch(
  handlers: Handlers,
  name: unknown,
  input: unknown,
  report: ReportDefect = () => undefined,
  by: Caller = { caller: 'window' },
): Promise<Answer> {
  try {
    if (typeof name !== 'string' || !isCallName(name)) {
      throw new Failure('unknown-call', { call: String(name).slice(0, 100).toWellFormed() })
    }
    return { ok: true, value: await answer(handlers, name, input, by) }
  } catch (error) {
    const failure = failureData(actionableError(error))
    if (failure.code === 'internal' || failure.code === 'bad-output') {
      report(`${String(name).slice(0, 100)} failed: ${failureOf(failure).message}`, error)
    }
    return { ok: false, failure }
  }
}

async function answer<N extends CallName>(
  handlers: Handlers,
  name: N,
  input: unknown,
  { caller, admit }: Caller,
): Promise<CallOutput<N>> {
  const { input: inputSchema, output: outputSchema } = schemas[name]
  const unusable = unusableInput(input)
  if (unusable !== null) {
    throw 'malformed' in unusable
      ? new Failure('text-malformed', { call: name, field: unusable.malformed })
      : new Failure('bad-input', { call: name, problems: [problem('input', unusable.problem)] })
  }
  const given = inputSchema.safeParse(input)
  if (!given.success) {
    throw new Failure('bad-input', { call: name, problems: problemsOf(given.error) }, { cause: given.error })
  }
  admit?.(name, given.data, caller)
  const done = actAs(operatorOf(name, given.data), () => handlers[name](given.data, caller))
  const made = outputSchema.safeParse(await done)
  if (!made.success) {
    throw new Failure('bad-output', { call: name, problems: problemsOf(made.error) }, { cause: made.error })
  }
  return made.data
}

const named = z.object({ operator: z.string() })

/** In whose name a call acts. One that only reads may name an operator whose data it reads. */
export function operatorOf(name: CallName, input: unknown): string | null {
  const { data } = acts[name].does === 'reads' ? { data: undefined } : named.safeParse(input)
  return data?.operator ?? null
}

/** Checks an event before it is sent to windows. Null when it breaks the contract, which is reported. */
export function checkEvent(
  name: unknown,
  payload: unknown,
  report: ReportDefect,
): { payload: unknown } | null {
  if (typeof name !== 'string' || !isEventName(name)) {
    report(`There is no event "${String(name).slice(0, 100)}".`, undefined)
    return null
  }
  const made = eventSchemas[name].safeParse(payload)
  if (made.success) return { payload: made.data }
  const failure = new Failure('bad-event', { event: name, problems: problemsOf(made.error) })
  report(failure.message, made.error)
  return null
}

/** The first problems of the input, each with its field: `limit: Too big: expected number to be <=500`. */
function problemsOf(error: z.ZodError): Param[] {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => problem(path.length === 0 ? 'input' : z.core.toDotPath(path), message))
}

const problem = (field: string, problem: string): Param => ({
  topic: 'reason',
  code: 'field',
  params: { field, problem },
})
