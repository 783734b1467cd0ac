/**
 * The only way out of the renderer: calls and events of the contract, and addresses of pixels, over what
 * preload or the browser host put on `window`.
 */
import { z } from 'zod'
import { acts } from '../shared/acts.ts'
import type { Bridge, CallInput, CallName, CallOutput, EventName, EventPayload } from '../shared/contract.ts'

declare global {
  interface Window {
    readonly fanoscope: Bridge
  }
}

/** Who is at this window, and how they are asked to sign in. Set by the store of the operator. */
interface Person {
  name(): string | null
  /** Resolves with whether somebody signed in. */
  askFirst(): Promise<boolean>
}
let person: Person = { name: () => null, askFirst: async () => false }
export function actAs(who: Person): void {
  person = who
}

/**
 * A call that somebody answers for carries the name of who is signed in; where nobody is and main needs a name, the
 * person is asked to sign in and the call is made again. Rejects with FailureData.
 */
export async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  // Vue's reactive proxies cannot be cloned across a context border; what travels is JSON anyway.
  const plain: CallInput<N> = JSON.parse(JSON.stringify(input))
  try {
    return await window.fanoscope.call(name, inTheName(name, plain))
  } catch (thrown) {
    const { data } = needsOperator.safeParse(thrown)
    if (data === undefined || !(await person.askFirst())) throw thrown
    return window.fanoscope.call(name, inTheName(name, plain))
  }
}

const needsOperator = z.object({ code: z.literal('operator-needed') })
const named = z.object({ operator: z.string() })

function inTheName<N extends CallName>(name: N, input: CallInput<N>): CallInput<N> {
  const act = acts[name]
  if (act.does !== 'changes' || act.by !== 'operator' || named.safeParse(input).success) return input
  return { ...input, operator: person.name() }
}

/** Returns a function that stops listening. */
export function listen<N extends EventName>(
  name: N,
  listener: (payload: EventPayload<N>) => void,
): () => void {
  return window.fanoscope.on(name, listener)
}

/** The path of a dropped file or folder; null where the host does not tell paths, and '' where it is not on a disk. */
export const droppedPath = (file: File): string | null => window.fanoscope.droppedPath(file)

export const sendDropped = (drop: string, path: string, file: File): Promise<void> =>
  window.fanoscope.sendDropped(drop, path, file)

/** A full address for a path of `assetPath`. */
export function assetUrl(path: string): string {
  return window.fanoscope.asset(path)
}
