/**
 * The one gate between a window and main: a call by its name and whatever came with it, checked against the
 * contract on the way in and on the way out. Both hosts pass every message through here, so neither can
 * answer differently.
 */
import { z } from 'zod'
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

/** What answers each call. A handler gets checked input with its defaults filled in. */
export type Handlers = {
  [N in CallName]: (input: CallArguments<N>, caller?: string) => CallOutput<N> | Promise<CallOutput<N>>
}

/** Who calls: a window of the host, by a name that no other has. */
export interface Caller {
  caller: string
  /** Hears of checked input before its handler does. @throws Failure where this caller may not ask for it */
  admit?: ((name: CallName, input: unknown, caller: string) => void) | undefined
}

/** How an answer travels: errors as data, because neither IPC nor JSON carries an Error whole. */
export type Answer = { ok: true; value: unknown } | { ok: false; failure: FailureData }

/** Hears of errors that a person in front of the window cannot do anything about. */
export type ReportDefect = (message: string, cause: unknown) => void

// The same object as `calls`, seen so that one schema's input belongs to the same schema's handler.
const schemas: { [N in CallName]: { input: z.ZodType<CallArguments<N>>; output: z.ZodType<CallOutput<N>> } } =
  calls
const eventSchemas: { [N in EventName]: z.ZodType<EventPayload<N>> } = events

/** Own properties only: `constructor` and `__proto__` are no calls. */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name)
}

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}

/**
 * Answers a call. Never throws: `unknown-call`, `bad-input` (naming the field) and every Failure of a handler
 * come back as data. `bad-output` is a defect of Fanoscope and is reported as such.
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
      throw new Failure('unknown-call', { call: String(name).slice(0, 100) })
    }
    return { ok: true, value: await answer(handlers, name, input, by) }
  } catch (error) {
    const failure = failureData(error)
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
  const given = inputSchema.safeParse(input)
  if (!given.success) {
    throw new Failure('bad-input', { call: name, problems: problemsOf(given.error) }, { cause: given.error })
  }
  admit?.(name, given.data, caller)
  const made = outputSchema.safeParse(await handlers[name](given.data, caller))
  if (!made.success) {
    throw new Failure('bad-output', { call: name, problems: problemsOf(made.error) }, { cause: made.error })
  }
  return made.data
}

/** An event as it may be sent to windows, or null when it breaks the contract; that is reported. */
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

/** The first problems, each with the field that has it: `limit: Too big: expected number to be <=500`. */
function problemsOf(error: z.ZodError): Param[] {
  return error.issues.slice(0, 5).map((issue) => ({
    topic: 'reason',
    code: 'field',
    params: {
      field: issue.path.length === 0 ? 'input' : z.core.toDotPath(issue.path),
      problem: issue.message,
    },
  }))
}
