/** Stands where preload puts the bridge: answers calls as a test says, and tells events when a test does. */
import { vi } from 'vitest'
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from '../../src/shared/contract.ts'

export interface FakeBridge {
  /** Every call so far, with its input. */
  readonly calls: { name: CallName; input: unknown }[]
  answer<N extends CallName>(
    name: N,
    answer: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>>,
  ): void
  emit<N extends EventName>(name: N, payload: EventPayload<N>): void
}

export function installFakeBridge(): FakeBridge {
  const answers = new Map<string, (input: never) => unknown>()
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const calls: FakeBridge['calls'] = []
  vi.stubGlobal('window', {
    fanoscope: {
      host: 'browser',
      call: async (name: CallName, input: never) => {
        calls.push({ name, input })
        const answer = answers.get(name)
        if (answer === undefined) throw { code: 'no-workspace', params: { call: name } }
        return answer(input)
      },
      on: (name: string, listener: (payload: never) => void) => {
        const those = listeners.get(name) ?? new Set()
        listeners.set(name, those)
        those.add(listener)
        return () => those.delete(listener)
      },
      asset: (path: string) => `asset/${path}`,
      droppedPath: () => null,
      sendDropped: async () => undefined,
    },
  })
  return {
    calls,
    answer: (name, answer) => {
      answers.set(name, answer)
    },
    emit: (name, payload) => {
      for (const listener of listeners.get(name) ?? []) Reflect.apply(listener, undefined, [payload])
    },
  }
}
